import { createHash } from 'node:crypto';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { Server, utils, type AuthContext, type Connection } from 'ssh2';
import type { CommandGate } from '../control/commands';
import type { NodeState } from '../cluster/nodes';
import type { ClusterState } from '../cluster/state';
import type { Dispatcher } from '../http/dispatch';
import type { NodeFiles } from './files/node-files';
import type { SshKey } from './host-keys';
import { serveSession, type Client } from './session';
import { loadGrammar, type ParseScript } from './shell/grammar';

/** What a node's SSH server needs. */
export interface SshServerOptions {
  readonly cluster: ClusterState;
  readonly node: NodeState;
  readonly host: string;
  readonly port: number;
  readonly hostKey: SshKey;
  readonly files: NodeFiles;
  readonly dispatcher: Dispatcher;
  readonly gate: CommandGate;
}

/** Sessions of one connection that sshd allows at once (its MaxSessions). */
const mostSessions = 10;

/** How sshd introduces itself on Debian 12 and 13. */
const identOf = { 8: 'OpenSSH_9.2p1 Debian-2+deb12u7', 9: 'OpenSSH_10.0p2 Debian-7' };

const authorizedKeysFile = '/etc/pve/priv/authorized_keys';

/** sshd of one node. It can be taken down and come back on the same port. */
export class SshServer {
  port: number;
  /** False: the SFTP subsystem is refused, as where sshd_config does not name it. */
  sftpEnabled = true;
  private key: SshKey;
  private listener: NetServer | undefined;
  private silent = false;
  private parse: ParseScript | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly options: SshServerOptions) {
    this.port = options.port;
    this.key = options.hostKey;
  }

  get hostKey(): SshKey {
    return this.key;
  }

  /** Presents another host key from the next connection on, as after a new installation. */
  changeHostKey(key: SshKey): void {
    this.key = key;
    this.breakConnections();
  }

  /** Starts listening; on port 0 a free port is chosen and kept from then on. */
  async listen(): Promise<void> {
    this.silent = false;
    this.parse ??= await loadGrammar();
    const { parse } = this;
    if (this.listener !== undefined) return;
    const listener = createServer((socket) => this.take(socket, parse));
    this.listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.port, this.options.host, resolve);
    });
    const address = listener.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  /** Takes connections and never says a word: clients wait for their own timeout. */
  async listenSilently(): Promise<void> {
    this.breakConnections();
    await this.listen();
    this.silent = true;
  }

  /** Stops listening and breaks every connection. */
  async close(): Promise<void> {
    const { listener } = this;
    this.listener = undefined;
    if (listener === undefined) return;
    const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
    this.breakConnections();
    await closed;
  }

  private breakConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private take(socket: Socket, parse: ParseScript): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (this.silent) return;
    const { cluster } = this.options;
    // A server of its own: ssh2 tells of a connection only later, and no more of which socket it is.
    const server = new Server(
      { hostKeys: [this.key.privateKey], ident: identOf[cluster.version.major] },
      (connection) => this.serve(connection, socket, parse),
    );
    server.injectSocket(socket);
  }

  private serve(connection: Connection, socket: Socket, parse: ParseScript): void {
    let identity = '';
    let sessions = 0;
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      const accepted = this.acceptedIdentity(context);
      if (accepted === undefined) {
        context.reject(['publickey', 'password']);
        return;
      }
      identity = accepted;
      context.accept();
    });
    connection.on('session', (accept, reject) => {
      if (sessions >= mostSessions) {
        reject();
        return;
      }
      sessions += 1;
      const client: Client = { user: 'root', identity, breakConnection: () => socket.destroy() };
      serveSession(accept(), client, { ...this.options, parse, sftpEnabled: () => this.sftpEnabled }, () => {
        sessions -= 1;
      });
    });
  }

  /** Root, by one of the authorized keys or by root's password. Undefined: refused. */
  private acceptedIdentity(context: AuthContext): string | undefined {
    if (context.username !== 'root') return undefined;
    if (context.method === 'password') {
      const password = this.options.cluster.access.users.get('root@pam')?.password;
      return password !== undefined && context.password === password ? 'password' : undefined;
    }
    if (context.method !== 'publickey') return undefined;
    const { files } = this.options;
    const lines = files.exists(authorizedKeysFile)
      ? files.read(authorizedKeysFile).toString().split('\n')
      : [];
    for (const line of lines.filter((one) => one.trim() !== '' && !one.startsWith('#'))) {
      const key = utils.parseKey(line);
      if (key instanceof Error) continue;
      if (!key.getPublicSSH().equals(context.key.data)) continue;
      const { signature, blob, hashAlgo } = context;
      if (signature === undefined) return fingerprintOf(context.key.data);
      // verify gives an Error where it can't be done.
      const proven: unknown = blob !== undefined && key.verify(blob, signature, hashAlgo);
      if (proven === true) return fingerprintOf(context.key.data);
    }
    return undefined;
  }
}

function fingerprintOf(publicKey: Buffer): string {
  return `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;
}
