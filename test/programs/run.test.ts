import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { runTool, type ToolRun } from '../../src/programs/run';
import { isAlive } from '../../src/temporal/childProcess';
import { useCleanUp } from '../proxmox/support';
import { waitUntil } from '../support/waitUntil';

const clean = useCleanUp();

function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-run-'));
  clean(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const run = (script: string, more: Partial<ToolRun> = {}) =>
  runTool({ words: ['/bin/sh', '-c', script], timeoutMs: 20_000, signal: undefined, ...more });

test('a tool sees the allowed variables only, and its files and core files are for nobody else', async () => {
  const folder = folderOfTest();
  process.env['PXM_RUN_TEST_SECRET'] = 'not for children';
  clean(() => delete process.env['PXM_RUN_TEST_SECRET']);
  const { outcome, stdout } = await run('env; ulimit -c; echo x >made', {
    folder,
    environment: { HOME: '/nowhere' },
  });
  expect(outcome).toBe('ended');
  expect(stdout.reveal()).toMatch(/^HOME=\/nowhere$/m);
  expect(stdout.reveal()).toMatch(/^LC_ALL=C\.UTF-8$/m);
  expect(stdout.reveal()).toMatch(/^0$/m);
  expect(stdout.reveal()).not.toContain('not for children');
  expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o600);
});

test('what it wrote can not be printed', async () => {
  const result = await run('echo out-7f3a; echo err-7f3a >&2; exit 3');
  expect(result).toMatchObject({ outcome: 'ended', exitCode: 3 });
  expect(`${inspect(result, { depth: Infinity })} ${JSON.stringify(result)}`).not.toContain('7f3a');
});

/** By then it listens to signals, on a busy machine too. */
const timeoutMs = 2_000;

test('SIGTERM ends it in time, and SIGKILL its whole group where it does not listen', async () => {
  const folder = folderOfTest();
  const polite = await run("trap 'echo asked; exit 4' TERM; echo >ready; while :; do sleep 0.05; done", {
    ...{ folder, timeoutMs },
  });
  expect(polite).toMatchObject({ outcome: 'timedOut', exitCode: 4 });
  expect(polite.stdout.reveal()).toBe('asked\n');

  const cancel = new AbortController();
  const deaf = run("trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >child; sleep 60' & sleep 60; sleep 60", {
    ...{ folder, signal: cancel.signal },
  });
  const child = await waitUntil('the child', async () => {
    const text = existsSync(join(folder, 'child')) ? readFileSync(join(folder, 'child'), 'utf8') : '';
    return Promise.resolve(text.endsWith('\n') ? Number(text) : undefined);
  });
  cancel.abort();
  expect(await deaf).toMatchObject({ outcome: 'cancelled', exitCode: undefined });
  await waitUntil('the end of the child', () => Promise.resolve(isAlive(child) ? undefined : true));
});

test('a tool that is not there, or writes without end, is told as such', async () => {
  const missing = await runTool({ words: ['no-such-tool-here'], timeoutMs: 20_000, signal: undefined });
  expect(missing).toMatchObject({ outcome: 'notStarted' });
  expect(await run('yes', { maximumOutput: 10_000 })).toMatchObject({ outcome: 'tooMuchOutput' });
});

test('a tool that ends well in the moment in which it is stopped has ended', async () => {
  const result = await run("trap 'exit 0' TERM; while :; do sleep 0.05; done", { timeoutMs });
  expect(result).toMatchObject({ outcome: 'ended', exitCode: 0 });
});
