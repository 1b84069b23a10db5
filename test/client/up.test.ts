import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { accessWorkflowId } from '../../src/domain/names';
import { isAlive } from '../../src/temporal/childProcess';
import { connectClient } from '../../src/temporal/connection';
import { temporalExecutable } from '../support/temporal';
import { condition } from '../support/temporalCondition';
import { builtPackage, type BuiltPackage } from './support/builtPackage';
import { temporaryFolder } from './support/cli';

const config = `cluster:
  name: lab
  nodes:
    - { name: pve01, host: 127.0.0.1, port: 1 }
credentials:
  file: api-token
`;

function temporalAddress(stdout: string): string {
  return /^Temporal: +(\S+)/m.exec(stdout)?.[1] ?? '';
}

/** As a bootstrap that a crash has left in the middle; no worker takes it up. */
async function beginAccess(address: string): Promise<void> {
  const { client, close } = await connectClient({
    address,
    namespace: 'default',
    options: {},
    source: 'the default',
  });
  await client.workflow.start('bootstrapAccess', {
    workflowId: accessWorkflowId('lab'),
    taskQueue: 'nobody',
  });
  await close();
}

/** Up to ten programs one after the other, on a busy machine. */
const longTimeoutMs = 300_000;

describe('the programs that pxm starts', () => {
  let built: BuiltPackage;
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    built = await builtPackage();
  });
  afterAll(() => built.remove());
  beforeEach(async () => {
    folder = temporaryFolder();
    writeFileSync(join(folder, 'cluster-config.yaml'), config);
    writeFileSync(join(folder, 'api-token'), 'root@pam!test\nsecret\n', { mode: 0o600 });
    env = {
      PATH: process.env['PATH'],
      HOME: folder,
      PXM_STATE_FOLDER: join(folder, 'state'),
      PXM_CONFIG: join(folder, 'cluster-config.yaml'),
      TEMPORAL_CLI: await temporalExecutable(),
      FOREIGN_VARIABLE: 'must not be passed on',
    };
  });

  function pxm(...args: readonly string[]) {
    return new Promise<{
      readonly exitCode: number | null;
      readonly stdout: string;
      readonly stderr: string;
    }>((settle) => {
      const child = execFile(process.execPath, [built.cli, ...args], { env }, (_, stdout, stderr) =>
        settle({ exitCode: child.exitCode, stdout, stderr }),
      );
    });
  }

  async function upJson() {
    const { stdout, stderr } = await pxm('up', '--port', '0', '--ui-port', '0', '--json');
    if (stdout === '') throw new Error(stderr);
    const document: unknown = JSON.parse(stdout);
    return document;
  }

  it(
    'up starts server and worker once, with a clean environment and no core files; down stops both',
    async () => {
      try {
        const first = await upJson();
        expect(first).toMatchObject({ exitCode: 0, worker: { cluster: 'lab' } });
        const state = readWorker();
        expect(await upJson()).toMatchObject({ worker: { pid: state.pid } });
        if (process.platform === 'linux') {
          const environment = readFileSync(`/proc/${state.pid}/environ`, 'utf8');
          expect(environment).toContain('TEMPORAL_ADDRESS=127.0.0.1:');
          expect(environment).not.toContain('FOREIGN_VARIABLE');
          expect(readFileSync(`/proc/${state.pid}/limits`, 'utf8')).toMatch(/Max core file size +0 +0/);
        }
        const ledger = await pxm('ledger');
        expect(ledger.stdout).toContain('Nothing is leased in cluster lab.');
        await pxm('evacuate', 'pve01', '--detach');
        await condition('it is listed with its phase', async () =>
          /evacuate-node\/lab\/pve01 .*planning/.test((await pxm('operations', '--open')).stdout),
        );
        const down = await pxm('down');
        expect(down.stderr).toContain(
          '1 operation open. What is open waits, and goes on after the next pxm up',
        );
        expect(down.stderr).toContain('  evacuate-node/lab/pve01  planning');
        expect(down.stdout).toContain('Stopped the worker of lab.');
        expect(down.stdout).toContain('Open and waiting now: 1 operation. To go on: pxm up');
        expect(down.stdout).toContain('Stopped the embedded Temporal server.');
        expect(isAlive(state.pid)).toBe(false);
        expect(down.exitCode).toBe(0);
        expect((await pxm('down')).stdout).toContain('No worker ran.');
      } finally {
        await pxm('down');
      }
    },
    longTimeoutMs,
  );

  it(
    'up starts a worker anew whose configuration has changed, and evacuate warns before that',
    async () => {
      const file = join(folder, 'cluster-config.yaml');
      try {
        await upJson();
        const before = readWorker();
        writeFileSync(file, `# only a comment\n${config}`);
        expect(await upJson()).toMatchObject({ worker: { pid: before.pid } });
        writeFileSync(file, `${config}limits:\n  target_memory_share: 55%\n`);
        const warned = await pxm('evacuate', 'pve01', '--detach');
        expect(warned.stderr).toContain(`the configuration has changed since worker ${before.pid}`);
        const { stdout, stderr } = await pxm('up', '--port', '0', '--ui-port', '0');
        expect(stderr).toContain('it drains, then a new one starts');
        expect(stdout).toContain('(started anew with the changed configuration)');
        expect(readWorker().pid).not.toBe(before.pid);
        expect(isAlive(before.pid)).toBe(false);
        const again = await pxm('up', '--port', '0', '--ui-port', '0');
        expect(again.stdout).toContain('(ran already), log');
        expect(again.stdout).toContain('Next:      pxm evacuate <node>');
        rmSync(join(folder, 'api-token'));
        const untouched = await pxm('up', '--port', '0', '--ui-port', '0');
        expect(untouched.exitCode).toBe(0);
        expect(untouched.stdout).toMatch(/^API token: there is none yet \(read credentials file .*\)$/m);
        expect(untouched.stdout).toContain('Next:      pxm bootstrap    Stop: pxm down');
        await beginAccess(temporalAddress(untouched.stdout));
        const inTheMiddle = await pxm('up', '--port', '0', '--ui-port', '0');
        expect(inTheMiddle.stdout).toContain('Next:      pxm watch access/lab    Stop: pxm down');
        const down: unknown = JSON.parse((await pxm('down', '--json')).stdout);
        expect(down).toMatchObject({
          openOperations: expect.arrayContaining([
            expect.objectContaining({ workflowId: 'evacuate-node/lab/pve01' }),
            expect.objectContaining({ workflowId: 'access/lab' }),
          ]) as unknown,
        });
      } finally {
        await pxm('down');
      }
    },
    longTimeoutMs,
  );

  it('up refuses a configuration whose CA file is missing before it starts anything', async () => {
    const file = join(folder, 'cluster-config.yaml');
    writeFileSync(file, config.replace('  nodes:', '  ca_file: missing.pem\n  nodes:'));
    const { exitCode, stdout } = await pxm('up', '--port', '0', '--ui-port', '0', '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'ConfigInvalid', failed: expect.stringContaining('missing.pem') as string },
    });
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it('up tells why a worker does not start, and leaves none behind', async () => {
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const address = occupied.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    writeFileSync(join(folder, 'cluster-config.yaml'), `${config}worker:\n  health_port: ${port}\n`);
    try {
      const { exitCode, stderr } = await pxm('up', '--port', '0', '--ui-port', '0');
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Attempted: start the worker');
      expect(stderr).toContain('worker-lab.log');
      expect(existsSync(join(folder, 'state/worker-lab.json'))).toBe(false);
    } finally {
      occupied.close();
      await pxm('down');
    }
  });

  it(
    'simulate, up, evacuate: a simulated node is emptied, with exit 0 and a report',
    async () => {
      const child = spawn(
        process.execPath,
        [built.cli, 'simulate', '--folder', join(folder, 'simulated'), '--speed', '100'],
        { env, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      try {
        await line(child, 'Ctrl-C ends it.');
        const file = join(folder, 'simulated/cluster-config.yaml');
        expect((await pxm('config', 'check', file)).stdout).toContain('nodes pve01, pve02, pve03');
        env['PXM_CONFIG'] = file;
        await upJson();
        const planned = await pxm('evacuate', 'pve01', '--dry-run');
        expect(planned.exitCode).toBe(0);
        const [, hash = ''] = /^Plan ([0-9a-f]{12}):/m.exec(planned.stdout) ?? [];
        const evacuated = await pxm('evacuate', 'pve01', '--approve', hash);
        expect(evacuated.stdout).toMatch(/pve01 is empty: (\d+) of \1 guests moved/);
        expect(evacuated.exitCode).toBe(0);
        const report = await pxm('report', 'pve01', '--format', 'json');
        expect(JSON.parse(report.stdout)).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
        expect((await pxm('ledger')).stdout).toContain('Nothing is leased');
        expect(await upJson()).toMatchObject({ next: 'pxm evacuate <node>' });
        const tokenFile = join(folder, 'simulated/api-token');
        const [tokenId = ''] = readFileSync(tokenFile, 'utf8').split('\n');
        writeFileSync(tokenFile, `${tokenId}\n00000000-0000-0000-0000-000000000000\n`);
        expect(await upJson()).toMatchObject({ next: 'pxm bootstrap', token: { code: 'TokenRefused' } });
      } finally {
        await pxm('down');
        child.kill('SIGTERM');
      }
      await once(child, 'exit');
      expect(child.exitCode).toBe(0);
    },
    longTimeoutMs,
  );

  function readWorker(): { readonly pid: number } {
    const state: unknown = JSON.parse(readFileSync(join(folder, 'state/worker-lab.json'), 'utf8'));
    if (typeof state !== 'object' || state === null || !('pid' in state)) throw new Error('no worker state');
    return { pid: Number(state.pid) };
  }
});

async function line(child: ChildProcess, text: string): Promise<void> {
  if (child.stdout === null) throw new Error('no standard output');
  for await (const each of createInterface({ input: child.stdout })) if (each.includes(text)) return;
  throw new Error(`it ended without saying: ${text}`);
}
