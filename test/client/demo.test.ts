import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { isAlive } from '../../src/temporal/childProcess';
import { temporalExecutable } from '../support/temporal';
import { builtPackage, type BuiltPackage } from './support/builtPackage';

const document = z.object({
  exitCode: z.number(),
  report: z.object({ outcome: z.string(), nodeIsEmpty: z.boolean() }),
  plan: z.object({ warnings: z.array(z.string()), lanes: z.object({ kind: z.string() }) }),
  after: z.array(z.object({ migrationsStarted: z.number(), wasInTwoPlaces: z.boolean() })),
});

describe('the demo', () => {
  let built: BuiltPackage;
  let temporary: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    built = await builtPackage();
  });
  afterAll(() => built.remove());
  beforeEach(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'pxm-demo-test-'));
    const settings = join(temporary, 'temporal.toml');
    writeFileSync(settings, '[profile.default]\naddress = "127.0.0.1:1"\nnamespace = "somebody-elses"\n');
    env = {
      PATH: process.env['PATH'],
      HOME: temporary,
      TMPDIR: temporary,
      PXM_STATE_FOLDER: join(temporary, 'state-of-pxm-up'),
      TEMPORAL_CLI: await temporalExecutable(),
      TEMPORAL_CONFIG_FILE: settings,
    };
  });
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  function start(...args: readonly string[]) {
    const child = spawn(process.execPath, [built.cli, 'demo', ...args], { env, stdio: 'pipe' });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString('utf8')));
    const closed = once(child, 'close');
    return {
      child,
      closed,
      text,
      async shows(what: string) {
        while (!text.stderr.includes(what)) {
          const ended = closed.then(() => true);
          const over = await Promise.race([once(child.stderr, 'data').then(() => false), ended]);
          if (over && !text.stderr.includes(what))
            throw new Error(`It ended without "${what}": ${text.stderr}`);
        }
      },
    };
  }

  /** The processes that a demo which still runs has started, from the files in its folder. */
  function itsProcesses(child: ChildProcess): number[] {
    const [folder = ''] = readdirSync(temporary).filter((name) => /^pxm-demo-(?!test)/.test(name));
    const states = readdirSync(join(temporary, folder)).filter((name) =>
      /^(temporal-server|worker-.*)\.json$/.test(name),
    );
    const pids = states.map((name) => {
      const state: unknown = JSON.parse(readFileSync(join(temporary, folder, name), 'utf8'));
      return z.object({ pid: z.number() }).parse(state).pid;
    });
    const list = `/proc/${String(child.pid)}/task/${String(child.pid)}/children`;
    const children = process.platform === 'linux' ? readFileSync(list, 'utf8') : '';
    return [...new Set([...pids, ...children.trim().split(' ').filter(Boolean).map(Number)])];
  }

  it('empties a node of Proxmox 9, adopts what the killed worker had begun, and leaves nothing behind', async () => {
    const demo = start('--json', '--proxmox', '9');
    await demo.closed;
    const seen = document.parse(JSON.parse(demo.text.stdout));
    expect(seen).toMatchObject({ exitCode: 0, report: { outcome: 'done', nodeIsEmpty: true } });
    expect(seen.plan).toMatchObject({ warnings: [], lanes: { kind: 'bandwidth' } });
    expect(seen.after.filter((guest) => guest.migrationsStarted === 1)).toHaveLength(6);
    expect(seen.after.filter((guest) => guest.migrationsStarted > 1 || guest.wasInTwoPlaces)).toEqual([]);
    expect(demo.text.stderr).toMatch(
      /== Adopted ==[^]*VM 1005: \S+ GiB of 40 GiB, begun once, task UPID:pve01:/,
    );
    expect(demo.child.exitCode).toBe(0);
    expect(leftBehind()).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends all its processes and removes its folder on %s, even if it comes twice',
    async (signal) => {
      const demo = start();
      await demo.shows('== The moves ==');
      const pids = itsProcesses(demo.child);
      // Server and worker; on Linux the simulator as well.
      expect(pids.filter(isAlive)).toHaveLength(process.platform === 'linux' ? 3 : 2);
      demo.child.kill(signal);
      demo.child.kill(signal);
      await demo.closed;
      expect(demo.child.exitCode).toBe(130);
      await allGone(pids);
      expect(leftBehind()).toEqual([]);
    },
  );

  it('ends quietly, with all it has started, when nobody reads its output any more', async () => {
    const demo = start();
    await demo.shows('== The plan ==');
    const pids = itsProcesses(demo.child);
    demo.child.stdout.destroy();
    demo.child.stderr.destroy();
    await demo.closed;
    expect(demo.child.exitCode).toBe(141);
    await allGone(pids);
    expect(leftBehind()).toEqual([]);
  });

  /** They were sent SIGKILL; the system takes a moment to take them away. */
  async function allGone(pids: readonly number[]): Promise<void> {
    while (pids.some(isAlive)) await delay(20);
  }

  function leftBehind(): string[] {
    return readdirSync(temporary).filter((name) => name !== 'temporal.toml');
  }
});
