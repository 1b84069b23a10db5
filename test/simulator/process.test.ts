import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const main = path.join(__dirname, '..', '..', 'simulator', 'main.ts');
const readyLine = z.object({
  cluster: z.string(),
  nodes: z.array(z.object({ name: z.string(), port: z.number() })),
  caFile: z.string().optional(),
  certificateAuthorityPem: z.string(),
  controlUrl: z.url(),
  token: z.object({ id: z.string(), secret: z.string() }),
});
type Ready = z.infer<typeof readyLine>;

const temporary = mkdtempSync(path.join(tmpdir(), 'pxm-process-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** What lies in the folder for temporary files, but for what the TypeScript loader keeps there. */
function leftFiles(): string[] {
  return readdirSync(temporary).filter((name) => !name.startsWith('tsx-'));
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<Ready> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return readyLine.parse(JSON.parse(line));
  throw new Error('it ended before it was ready');
}

function statusOfVersion({ nodes, certificateAuthorityPem: ca, token }: Ready): Promise<number | undefined> {
  const headers = { Authorization: `PVEAPIToken=${token.id}=${token.secret}` };
  const options = {
    host: '127.0.0.1',
    port: nodes[0]?.port,
    path: '/api2/json/version',
    ca,
    headers,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('as a process it prints where it is, answers, and ends on SIGTERM', async () => {
  const child = run('--scenario', 'three-nodes', '--speed', '20');
  const ready = await firstLine(child);
  expect(ready).toMatchObject({ cluster: 'annarchy.net', nodes: { length: 3 } });
  expect(await statusOfVersion(ready)).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('it leaves no files, not even when it is killed', async () => {
  const child = run('--scenario', 'three-nodes');
  const ready = await firstLine(child);
  expect(ready.caFile).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(leftFiles()).toEqual([]);
});

test('with a folder for certificates the CA is kept there', async () => {
  const folder = path.join(temporary, 'certificates');
  const child = run('--scenario', 'three-nodes', '--certificates', folder);
  const { caFile, certificateAuthorityPem } = await firstLine(child);
  expect(caFile).toBe(path.join(folder, 'ca.pem'));
  expect(readFileSync(caFile ?? '', 'utf8')).toBe(certificateAuthorityPem);
  rmSync(folder, { recursive: true });
});

test('a scenario that does not exist ends it with exit code 2', async () => {
  const child = run('--scenario', '/nowhere.yaml');
  expect(await once(child, 'exit')).toEqual([2, null]);
});
