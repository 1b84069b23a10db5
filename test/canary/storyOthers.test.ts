import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { hasProcessFiles } from './processes';
import { coreLimitOf, dumpsBelow, gone } from './programs';
import { configOf, scenarioOf } from './scenario';
import { setCanaryStage, type CanaryStage } from './stage';
import { seen } from './waiting';

const longTimeoutMs = 180_000;
const serverState = z.object({ pid: z.number() });

describe('with the canary as token secret, from elsewhere than pass', () => {
  let stage: CanaryStage;
  beforeEach(async () => {
    stage = await setCanaryStage();
  }, longTimeoutMs);
  afterEach(() => stage.close(), longTimeoutMs);

  /** Empties pve01 with the plan that a dry run showed. */
  async function evacuate(): Promise<void> {
    const planned = await stage.pxm(['evacuate', 'pve01', '--dry-run']);
    const [, hash = ''] = /^Plan ([0-9a-f]{12}):/m.exec(planned.stdout) ?? [];
    const evacuated = await stage.pxm(['evacuate', 'pve01', '--approve', hash, '--json']);
    expect({ ...evacuated, stdout: '' }).toMatchObject({ exitCode: 0 });
    await stage.pxm(['report', 'pve01']);
    await stage.collect();
  }

  function serverPid(): number {
    return serverState.parse(
      JSON.parse(readFileSync(join(stage.stateFolder, 'temporal-server.json'), 'utf8')),
    ).pid;
  }

  test(
    'environment: the worker and the pxm up that started it hold it, nobody and nothing else does',
    async () => {
      const simulator = await stage.simulate(scenarioOf(stage.token, { small: [101, 102], large: [] }), 50);
      stage.write('ca.pem', simulator.certificateAuthorityPem);
      const names = 'environment: { token_id: PVE_TOKEN_ID, token_secret: PVE_TOKEN_SECRET }';
      stage.write('cluster-config.yaml', configOf(simulator, names));
      const variables = { PVE_TOKEN_ID: stage.token.id, PVE_TOKEN_SECRET: stage.token.secret };
      const { address, worker } = await stage.up(variables);
      // It finds both running, and looks at them with other programs.
      expect((await stage.up(variables)).worker.pid).toBe(worker.pid);
      await stage.temporal(address);
      await evacuate();
      if (hasProcessFiles) expect([worker.pid, serverPid()].map(coreLimitOf)).toEqual(['0 0', '0 0']);
      expect(stage.hits().map(({ name }) => name)).toEqual([join(stage.folder, 'scenario.yaml')]);

      process.kill(worker.pid, 'SIGABRT');
      await gone(worker.pid);
      expect(dumpsBelow(stage.folder)).toEqual([]);
      await stage.pxm(['down']);
      expect(stage.hits().map(({ name }) => name)).toEqual([join(stage.folder, 'scenario.yaml')]);
      if (!hasProcessFiles) return;
      const holders = stage.processes.hits().map(({ where, commandLine }) => {
        if (where === 'environment' && / \S+main\.js up /.test(commandLine)) return 'pxm up';
        if (where === 'environment' && commandLine.includes(stage.workerFile)) return 'worker';
        return `${where} of ${commandLine}`;
      });
      expect([...new Set(holders)].sort()).toEqual(['pxm up', 'worker']);
      const workers = stage.processes.seen().filter((words) => words.includes(stage.workerFile));
      expect(workers).not.toContainEqual(expect.stringContaining('--report'));
    },
    longTimeoutMs,
  );

  test(
    'file: beside pxm simulate, with a worker in the foreground that logs everything',
    async () => {
      const simulated = join(stage.folder, 'simulated');
      const scenario = scenarioOf(stage.token, { small: [101, 102], large: [] });
      const file = stage.write('scenario.yaml', stringify(scenario), 0o600);
      const simulator = stage.start(['simulate', file, '--folder', simulated, '--speed', '50']);
      await once(simulator.stdout, 'data');
      mkdirSync(simulated, { recursive: true });
      stage.write('cluster-config.yaml', readFileSync(join(simulated, 'cluster-config.yaml'), 'utf8'));
      const { address, worker } = await stage.up();
      process.kill(worker.pid, 'SIGKILL');
      const second = stage.start(['worker', '--', '--log-level', 'trace'], { TEMPORAL_ADDRESS: address });
      await stage.temporal(address);
      await evacuate();
      if (hasProcessFiles) {
        const own = await seen('simulator and worker', () =>
          Promise.resolve(childrenOf([simulator.pid, second.pid])),
        );
        expect(own.map(coreLimitOf)).toEqual(['0 0', '0 0']);
      }
      second.kill('SIGTERM');
      await once(second, 'exit');
      await stage.pxm(['down']);
      expect(dumpsBelow(stage.folder)).toEqual([]);
      expect(
        stage
          .hits()
          .map(({ name }) => name)
          .sort(),
      ).toEqual([file, join(simulated, 'api-token')].sort());
      expect(stage.processes.hits()).toEqual([]);
    },
    longTimeoutMs,
  );
});

/** One child process each, as the kernel lists them. */
function childrenOf(parents: readonly (number | undefined)[]): number[] | undefined {
  const children = parents.flatMap((pid) =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return children.length === parents.length ? children : undefined;
}
