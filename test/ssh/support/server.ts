import { spawn, type ChildProcess } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { Server, type Connection, type PublicKeyAuthContext, type ServerChannel, type Session } from 'ssh2';

import { makeKey, type TestKey } from './keys';
import { serveFiles } from './sftp';

/** How a server of a test behaves. */
export interface ServerOptions {
  /** Its host keys. Default: one of type ed25519. */
  readonly hostKeys?: readonly TestKey[];
  /** Who may log in, as whatever user. */
  readonly authorized: readonly TestKey[];
  /** Default: yes. */
  readonly sftp?: boolean;
  /** Connections to others are neither made nor refused. */
  readonly ignoresForwards?: boolean;
  /** Further sessions of a connection are refused. */
  readonly maxSessions?: number;
  /** Is told what ssh2 says about the protocol. */
  readonly onProtocol?: (line: string) => void;
  /** Decides about every command before it runs; a complaint is its error output, with exit code 1. Default: run. */
  readonly onCommand?: (command: string) => 'run' | 'refuse' | 'ignore' | { readonly complaint: string };
}

/** An SSH server on a free port, whose commands are really run by `sh`. */
export interface TestServer {
  readonly port: number;
  readonly hostKey: TestKey;
  /** Its line of known_hosts. */
  readonly knownHostsLine: string;
  /** Connections that have logged in so far. */
  logins(): number;
  /** Users that have logged in. */
  users(): readonly string[];
  /** Connections that are open now. */
  open(): number;
  /** The most sessions that were open at the same time. */
  peakSessions(): number;
  commands(): readonly string[];
  /** Cuts every connection without a word. */
  cut(): void;
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<TestServer> {
  const hostKeys = options.hostKeys ?? [makeKey()];
  const [hostKey = makeKey()] = hostKeys;
  const sockets = new Set<Socket>();
  const children = new Set<ChildProcess>();
  const users: string[] = [];
  const commands: string[] = [];
  let sessions = 0;
  let peakSessions = 0;

  const server = new Server(
    {
      hostKeys: hostKeys.map((key) => key.privateKey),
      ...(options.onProtocol === undefined ? {} : { debug: options.onProtocol }),
    },
    (connection: Connection) => {
      let ofThisConnection = 0;
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => {
        if (context.method !== 'publickey' || !isAuthorized(context, options.authorized)) {
          context.reject(['publickey']);
          return;
        }
        if (context.signature !== undefined) users.push(context.username);
        context.accept();
      });
      connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
        if (options.ignoresForwards === true) return;
        const target = connect({ host: destIP, port: destPort });
        target.once('connect', () => {
          const channel = accept();
          channel.pipe(target).pipe(channel);
          channel.on('error', () => target.destroy());
          channel.once('close', () => target.destroy());
        });
        target.once('error', () => reject());
      });
      connection.on('session', (accept, reject) => {
        if (ofThisConnection >= (options.maxSessions ?? Infinity)) {
          reject();
          return;
        }
        ofThisConnection += 1;
        sessions += 1;
        peakSessions = Math.max(peakSessions, sessions);
        serveSession(accept(), () => {
          ofThisConnection -= 1;
          sessions -= 1;
        });
      });
    },
  );

  function serveSession(session: Session, ended: () => void): void {
    session.once('close', ended);
    session.on('exec', (accept, reject, { command }) => {
      commands.push(command);
      const what = options.onCommand?.(command) ?? 'run';
      if (typeof what === 'object') {
        const channel = accept();
        channel.stderr.write(`${what.complaint}\n`);
        channel.exit(1);
        channel.end();
      }
      if (what === 'refuse') reject();
      if (what === 'run') runByShell(session, accept(), command);
    });
    session.on('sftp', (accept, reject) => {
      if (options.sftp === false) reject();
      else serveFiles(accept());
    });
  }

  function runByShell(session: Session, channel: ServerChannel, command: string): void {
    const child = spawn('bash', ['--norc', '-c', `exec ${command}`], {
      detached: true,
      env: { PATH: process.env['PATH'] },
    });
    children.add(child);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    child.stdin.on('error', () => undefined);
    channel.pipe(child.stdin);
    session.on('signal', (_accept, _reject, { name }) =>
      killGroup(child, name === 'KILL' ? 'SIGKILL' : 'SIGTERM'),
    );
    child.once('close', (code, signal) => {
      children.delete(child);
      if (signal === null) channel.exit(code ?? 0);
      else channel.exit(signal.replace('SIG', ''), false, '');
      channel.end();
      channel.close();
    });
  }

  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve) => {
    tcp.listen(0, '127.0.0.1', resolve);
  });
  const address = tcp.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port } = address;

  return {
    port,
    hostKey,
    knownHostsLine: `[127.0.0.1]:${port} ${hostKey.publicLine}`,
    logins: () => users.length,
    users: () => users,
    open: () => sockets.size,
    peakSessions: () => peakSessions,
    commands: () => commands,
    cut: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    async close() {
      children.forEach((child) => killGroup(child, 'SIGKILL'));
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => {
        tcp.close(resolve);
      });
    },
  };
}

function isAuthorized(
  { key, blob, signature, hashAlgo }: PublicKeyAuthContext,
  authorized: readonly TestKey[],
): boolean {
  const known = authorized.find((it) => it.parsed.getPublicSSH().equals(key.data));
  if (known === undefined) return false;
  return signature === undefined || (blob !== undefined && known.parsed.verify(blob, signature, hashAlgo));
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has just ended by itself.
  }
}
