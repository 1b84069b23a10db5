import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, isAlive, spawnWithoutCoreFile } from '../../src/temporal/childProcess';

const added = {
  PVE_TOKEN_SECRET: 'canary',
  NODE_OPTIONS: '--report-on-signal',
  TEMPORAL_NAMESPACE: 'lab',
  LC_TIME: 'C',
};
let before: NodeJS.ProcessEnv;
beforeEach(() => {
  before = { ...process.env };
  Object.assign(process.env, added);
});
afterEach(() => {
  for (const name of Object.keys(added)) {
    const value = before[name];
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

test('a child sees an allow-list of our environment: no secret, no options of Node', () => {
  const environment = childEnvironment();
  expect(environment).toMatchObject({ PATH: process.env['PATH'], LC_TIME: 'C' });
  for (const name of ['PVE_TOKEN_SECRET', 'NODE_OPTIONS', 'TEMPORAL_NAMESPACE']) {
    expect(environment).not.toHaveProperty(name);
  }
});

test('names and prefixes can be allowed besides', () => {
  expect(childEnvironment(['TEMPORAL_*'])).toHaveProperty('TEMPORAL_NAMESPACE', 'lab');
  expect(childEnvironment(['PVE_TOKEN_SECRET'])).toHaveProperty('PVE_TOKEN_SECRET', 'canary');
});

test('a program that aborts leaves no core file, keeps the pid and gets its arguments as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-child-'));
  const script = 'console.log(process.pid, process.argv[1]); process.abort()';
  const child = spawnWithoutCoreFile(process.execPath, ['-e', script, '$HOME "two words"'], {
    ...{ env: childEnvironment(), cwd: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const signal = await new Promise((done) => {
    child.once('close', (_code, by) => {
      done(by);
    });
  });
  expect(signal).toBe('SIGABRT');
  expect(said).toBe(`${child.pid ?? ''} $HOME "two words"\n`);
  expect(readdirSync(folder)).toEqual([]);
  expect(isAlive(child.pid ?? 0)).toBe(false);
  rmSync(folder, { recursive: true });
});
