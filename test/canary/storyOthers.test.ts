import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { builtPackage, type BuiltPackage } from '../client/support/builtPackage';
import { everyForm } from './planting';
import { hasProcessFiles, testProcesses } from './processes';
import { childrenOf, coreLimitOf, dumpsBelow, gone } from './programs';
import { configOf, scenarioOf } from './scenario';
import { setCanaryStage, type CanaryStage } from './stage';

const longTimeoutMs = 300_000;
const serverState = z.object({ pid: z.number() });
const guests = { small: [101, 102], large: [] };

let built: BuiltPackage;
let stage: CanaryStage;
beforeAll(async () => {
  built = await builtPackage();
}, longTimeoutMs);
afterAll(() => built.remove());

/** Empties pve01 with the plan that a dry run showed. */
async function evacuate(): Promise<void> {
  const planned = await stage.pxm(['evacuate', 'pve01', '--dry-run']);
  const [, hash = ''] = /^Plan ([0-9a-f]{12}):/m.exec(planned.stdout) ?? [];
  const evacuated = await stage.pxm(['evacuate', 'pve01', '--approve', hash, '--json']);
  expect(evacuated.exitCode).toBe(0);
  await stage.pxm(['report', 'pve01']);
  await stage.collect();
}

function places(): string[] {
  return stage
    .hits()
    .map(({ name }) => name)
    .sort();
}

describe('with the canary as token secret, from environment variables', () => {
  beforeAll(async () => {
    stage = await setCanaryStage(built);
  }, longTimeoutMs);
  afterAll(() => stage.close(), longTimeoutMs);

  test(
    'an evacuation writes it nowhere, and an abort of the worker leaves no core file and no report',
    async () => {
      const simulator = await stage.simulate(scenarioOf(stage.token, guests), 50);
      stage.write('ca.pem', simulator.certificateAuthorityPem);
      const names = 'environment: { token_id: PVE_TOKEN_ID, token_secret: PVE_TOKEN_SECRET }';
      stage.write('cluster-config.yaml', configOf(simulator, names));
      const variables = { PVE_TOKEN_ID: stage.token.id, PVE_TOKEN_SECRET: stage.token.secret };
      const { address, worker } = await stage.up(variables);
      // Now it finds both running, and looks at them with other programs.
      expect((await stage.up(variables)).worker.pid).toBe(worker.pid);
      await stage.temporal(address);
      await evacuate();
      if (hasProcessFiles) expect([worker.pid, serverPid()].map(coreLimitOf)).toEqual(['0 0', '0 0']);
      expect(places()).toEqual([join(stage.folder, 'scenario.yaml')]);

      process.kill(worker.pid, 'SIGABRT');
      await gone(worker.pid);
      await stage.pxm(['down']);
      expect(dumpsBelow(stage.folder)).toEqual([]);
      expect(places()).toEqual([join(stage.folder, 'scenario.yaml')]);
    },
    longTimeoutMs,
  );

  testProcesses('only the worker and the pxm up that started it have held it (needs /proc)', () => {
    const holders = stage.processes.hits().map(({ where, commandLine }) => {
      if (where === 'environment' && / \S+main\.js up /.test(commandLine)) return 'pxm up';
      if (where === 'environment' && commandLine.includes(stage.workerFile)) return 'worker';
      return `${where} of ${commandLine}`;
    });
    expect([...new Set(holders)].sort()).toEqual(['pxm up', 'worker']);
  });

  testProcesses('flags of Node that ask for reports do not reach the worker (needs /proc)', () => {
    const workers = stage.processes.seen().filter((words) => words.includes(stage.workerFile));
    expect(workers).not.toEqual([]);
    expect(workers).not.toContainEqual(expect.stringContaining('--report'));
  });

  function serverPid(): number {
    const file = join(stage.stateFolder, 'temporal-server.json');
    return serverState.parse(JSON.parse(readFileSync(file, 'utf8'))).pid;
  }
});

describe('with the canary as token secret, from a file', () => {
  beforeAll(async () => {
    stage = await setCanaryStage(built);
  }, longTimeoutMs);
  afterAll(() => stage.close(), longTimeoutMs);

  test(
    'pxm simulate, and a worker in the foreground that logs everything, write it to the token file only',
    async () => {
      const simulated = join(stage.folder, 'simulated');
      const scenario = stage.write('scenario.yaml', stringify(scenarioOf(stage.token, guests)), 0o600);
      const simulator = stage.start(['simulate', scenario, '--folder', simulated, '--speed', '50']);
      await once(simulator.stdout, 'data');
      stage.write('cluster-config.yaml', readFileSync(join(simulated, 'cluster-config.yaml'), 'utf8'));
      const { address, worker } = await stage.up();
      process.kill(worker.pid, 'SIGKILL');
      const second = stage.start(['worker', '--', '--log-level', 'trace'], { TEMPORAL_ADDRESS: address });
      await stage.temporal(address);
      await evacuate();
      if (hasProcessFiles) {
        const own = [simulator.pid, second.pid].flatMap(childrenOf);
        expect(own.map(coreLimitOf)).toEqual(['0 0', '0 0']);
      }
      second.kill('SIGTERM');
      await once(second, 'exit');
      await stage.pxm(['down']);
      expect(dumpsBelow(stage.folder)).toEqual([]);
      expect(places()).toEqual([scenario, join(simulated, 'api-token')].sort());
    },
    longTimeoutMs,
  );

  testProcesses('no process has held it in its environment or on its command line (needs /proc)', () => {
    expect(stage.processes.hits()).toEqual([]);
  });

  test(
    'planted in what the CLI prints it is found, in every form',
    async () => {
      const planted = everyForm(stage.token.secret);
      // It says which file it has not found.
      const texts = planted.map(({ text }) => text);
      await stage.pxm(['config', 'check', '--json'], { PXM_CONFIG: join(stage.folder, ...texts) });
      const printed = stage.hits().filter(({ name }) => name.startsWith('pxm config check'));
      const forms = planted.map(({ form }) => form);
      for (const stream of ['output', 'errors'])
        expect(printed.find(({ name }) => name.endsWith(stream))?.forms).toEqual(forms);
    },
    longTimeoutMs,
  );
});
