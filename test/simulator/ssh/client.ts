import { Client, type SFTPWrapper } from 'ssh2';
import { startSimulator, type Simulator } from '../../../simulator/index';

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A connection of root to a node of a simulator. */
export interface RootConnection {
  /** Runs a line; rejects when the connection breaks before its end is told. */
  run(line: string, stdin?: string | Buffer): Promise<CommandEnd>;
  /** Runs a line, lets `meanwhile` send signals or so to it. */
  start(line: string): Promise<{ signal(name: string): void; readonly ended: Promise<CommandEnd> }>;
  sftp(): Promise<SFTPWrapper>;
  /** Fingerprint of the server's host key, base64 without padding. */
  readonly hostKeyHash: string;
  close(): void;
}

/** Logs in as root with the key that every simulator makes, or with the one given. */
export async function connectRoot(
  simulator: Simulator,
  node: string,
  privateKey = simulator.rootSshKey.privateKey,
): Promise<RootConnection> {
  const ssh = simulator.nodes.find(({ name }) => name === node)?.ssh;
  if (ssh === undefined) throw new Error(`no node ${node}`);
  const client = new Client();
  let hostKeyHash = '';
  await new Promise<void>((resolve, reject) => {
    client.once('ready', () => resolve());
    client.once('error', reject);
    client.connect({
      host: ssh.host,
      port: ssh.port,
      username: 'root',
      privateKey,
      hostHash: 'sha256',
      hostVerifier: (hash: string) => {
        hostKeyHash = Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '');
        return true;
      },
    });
  });
  client.on('error', () => undefined);
  return {
    hostKeyHash,
    run: async (line, stdin) => (await start(client, line, stdin ?? '')).ended,
    start: (line) => start(client, line, undefined),
    sftp: () =>
      new Promise((resolve, reject) => {
        client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error)));
      }),
    close: () => client.end(),
  };
}

function start(
  client: Client,
  line: string,
  stdin: string | Buffer | undefined,
): Promise<{ signal(name: string): void; readonly ended: Promise<CommandEnd> }> {
  return new Promise((resolve, reject) => {
    client.exec(line, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      channel.on('data', (chunk: Buffer) => stdout.push(chunk));
      channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      const ended = new Promise<CommandEnd>((tell, fail) => {
        let end: { exitCode?: number; signal?: string } | undefined;
        channel.on('exit', (exitCode: number | null, signal?: string) => {
          end = { ...(exitCode === null ? {} : { exitCode }), ...(signal === undefined ? {} : { signal }) };
        });
        channel.on('close', () => {
          if (end === undefined) fail(new Error('cut'));
          else {
            tell({
              exitCode: end.exitCode,
              signal: end.signal,
              stdout: Buffer.concat(stdout),
              stderr: Buffer.concat(stderr).toString(),
            });
          }
        });
      });
      ended.catch(() => undefined);
      if (stdin !== undefined) channel.end(stdin);
      resolve({ signal: (name) => channel.signal(name), ended });
    });
  });
}

/** For the tests of a file: one node, and root logged in there. Taken away after them. */
export function useOneNode(): { readonly simulator: () => Simulator; readonly root: () => RootConnection } {
  let simulator: Simulator | undefined;
  let root: RootConnection | undefined;
  beforeAll(async () => {
    simulator = await startSimulator({ scenario: { nodes: [{ name: 'pve01' }] }, speed: 50 });
    root = await connectRoot(simulator, 'pve01');
  });
  afterAll(async () => {
    root?.close();
    await simulator?.close();
  });
  return { simulator: () => started(simulator), root: () => started(root) };
}

function started<T>(it: T | undefined): T {
  if (it === undefined) throw new Error('it is there only while tests run');
  return it;
}

/** Waits until a command runs whose line begins like this. */
export async function untilRunning({ control }: Simulator, begin: string): Promise<void> {
  await control.waitFor(
    () => control.commands().some(({ line, outcome }) => line.startsWith(begin) && outcome === 'open'),
    `${begin} to run`,
  );
}
