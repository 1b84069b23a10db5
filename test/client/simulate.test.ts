import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { loadClusterConfig } from '../../src/config/load';
import { createSsh } from '../../src/ssh/ssh';
import { condition } from '../support/temporalCondition';
import { pxm, pxmJson, temporaryFolder } from './support/cli';
import { cliProgram } from './support/cliProgram';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

let command: string;
let cli: string;
beforeAll(async () => {
  [command, cli] = await cliProgram();
});

/** The CLI as a process of its own. */
function startSimulate(...args: readonly string[]) {
  const child = spawn(command, [cli, 'simulate', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

/** What it prints with --json. */
async function document({ stdout }: ReturnType<typeof startSimulate>): Promise<unknown> {
  let shown = '';
  for await (const line of createInterface({ input: stdout })) {
    shown += line;
    if (line === '}') break;
  }
  return JSON.parse(shown);
}

/** Whether something listens there on loopback. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(port, '127.0.0.1');
    const end = (open: boolean) => {
      socket.destroy();
      settle(open);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

describe('pxm simulate', () => {
  it('leaves no simulator behind when it is killed', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    const child = startSimulate('--folder', folder);
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.includes('Ctrl-C ends it.')) break;
    }
    const file = join(folder, 'cluster-config.yaml');
    expect(lines).toContain(`  export PXM_CONFIG=${file} PXM_STATE_FOLDER=${join(folder, 'state')}`);
    expect(lines).toContain('  pxm up --port 0 --ui-port 0');
    const port = loadClusterConfig(file).cluster.nodes[0]?.apiPort ?? 0;
    expect(await isOpen(port)).toBe(true);
    child.kill('SIGKILL');
    await condition('the simulator is gone', async () => !(await isOpen(port)));
  });

  it('ends with its simulator on a SIGINT that it alone is sent', async () => {
    const child = startSimulate('--folder', temporaryFolder(), '--json');
    await document(child);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('names every shipped scenario in its help, with what its file says of it', async () => {
    const { stdout } = await pxm('simulate', '--help');
    const files = readdirSync(join(__dirname, '../../simulator/scenarios'));
    expect(files).not.toEqual([]);
    for (const name of files.map((file) => basename(file, '.yaml')))
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\w.{20}`, 'm'));
  });

  it('refuses a scenario that there is none of, and names those that are shipped', async () => {
    const { exitCode, document } = await pxmJson('simulate', 'nonsense');
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({
      error: {
        code: 'InputInvalid',
        failed: 'nonsense is no shipped scenario and no file',
        remedy: expect.stringContaining(
          'one-thousand-guests, talos-template, thirty-nodes, three-nodes',
        ) as string,
      },
    });
    const folder = await pxm('simulate', temporaryFolder());
    expect(folder.exitCode).toBe(2);
  });

  it('exits 2 where the simulator refuses a scenario, with its words', async () => {
    const scenario = join(temporaryFolder(), 'mine.yaml');
    writeFileSync(scenario, 'nodes: [{ nme: pve01 }]\n');
    const child = startSimulate(scenario);
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(child.exitCode).toBe(2);
    expect(stderr).toContain(`${scenario} is not a scenario`);
    expect(stderr).toContain('it ended before it was ready');
  });

  it('exits 2 where its folder can not be written, and leaves no simulator behind', async () => {
    const occupied = join(temporaryFolder(), 'file');
    writeFileSync(occupied, 'kept');
    for (const folder of [join(occupied, 'below'), ...(existsSync('/proc/self') ? ['/proc/x/y'] : [])]) {
      const child = startSimulate('--folder', folder);
      const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect(child.exitCode).toBe(2);
      expect(stderr).toContain(`Attempted: write the configuration of the simulated cluster to ${folder}`);
      expect(stderr).toContain('--folder');
    }
    expect(readFileSync(occupied, 'utf8')).toBe('kept');
  });

  it('gives a cluster that nobody has set up as it is: only root, with a key for SSH', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'api-token'), 'of another simulator');
    const child = startSimulate('untouched', '--folder', folder, '--json');
    const shown = await document(child);
    const configFile = join(folder, 'cluster-config.yaml');
    expect(shown).toMatchObject({ configFile, rootSshKeyFile: join(folder, 'root_ssh_key') });
    expect(statSync(join(folder, 'root_ssh_key')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(folder, 'api-token'))).toBe(false);
    const { nodes } = loadClusterConfig(configFile).cluster;
    const ssh = createSsh({
      ownKnownHostsFile: join(folder, 'known_hosts'),
      configFile: join(folder, 'no-ssh-config'),
    });
    for (const { host, sshPort } of nodes) {
      const port = sshPort ?? 0;
      expect(await ssh.hostKey({ host, port })).toMatchObject({ verdict: { status: 'unknown' } });
    }
    ssh.close();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('prints for machines of Talos how stand-ins run beside it, and a worker that uses them', async () => {
    const folder = temporaryFolder();
    const child = startSimulate('talos-template', '--folder', folder);
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.includes('Ctrl-C ends it.')) break;
    }
    const tools = join(folder, 'tools');
    const standIns = new RegExp(`standins/main\\.js --folder ${tools} --simulator http:\\S+ &$`);
    expect(lines).toContainEqual(expect.stringMatching(standIns));
    expect(lines).toContain(`  PATH=${tools}/bin:$PATH pxm up --port 0 --ui-port 0`);
    expect(lines.join()).not.toContain('pxm evacuate');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('writes into a folder that is there already', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'there'));
    const child = startSimulate('--folder', join(folder, 'there'), '--json');
    expect(await document(child)).toMatchObject({
      configFile: join(folder, 'there/cluster-config.yaml'),
      controlUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
