import type { Duplex } from 'node:stream';
import { Client } from 'ssh2';

import type { KeyFiles } from '../access/keyFiles';
import { hopName, hostKeyError, sshError } from '../failures';
import type { KnownHostsEntry } from '../hostKeys/entries';
import { judgeHostKey, knownKeyTypes } from '../hostKeys/judge';
import { readKnownHosts } from '../hostKeys/knownHostsFiles';
import type { SshHop } from '../settings/route';
import { handshake } from './handshake';
import { transportTo } from './transport';

/** A connection that has verified the host's key and is logged in. */
export interface SshConnection {
  readonly client: Client;
  /** For messages, e.g. `root@pve01`. */
  readonly name: string;
  /** Aborted once the connection is gone, for whatever reason. */
  readonly gone: AbortSignal;
  /** Ends it at once; what runs over it is cut. */
  close(): void;
}

/** What connecting needs besides the route. */
export interface ConnectOptions {
  readonly keyFiles: KeyFiles;
  /** For each host on the way, from the first packet to the login; waiting for a passphrase does not count. */
  readonly timeoutMs: number;
  readonly keepAlive: KeepAlive;
}

/** How often a silent connection is asked for a sign of life, and after how many unanswered ones it is given up. */
export interface KeepAlive {
  readonly intervalMs: number;
  readonly mostUnanswered: number;
}

/** Judges the key of a host: the error to stop with, or undefined if the key is right. */
export type HostKeyCheck = (
  key: Buffer,
  knownHosts: readonly KnownHostsEntry[],
  hop: SshHop,
) => Error | undefined;

/**
 * Connects to the last host of the route, through the others. Throws HostKeyUnknown, HostKeyChanged, HostKeyRevoked,
 * SshAuthenticationFailed, SshUnreachable, SshFailed and ConfigInvalid; nothing is left open then.
 * `check` judges the last host's key instead of the known_hosts files; it is for looking at a key only.
 */
export async function connectAlong(
  route: readonly SshHop[],
  options: ConnectOptions,
  check: HostKeyCheck = checkAgainstKnownHosts,
): Promise<SshConnection> {
  const passed: SshConnection[] = [];
  const closeAll = () => passed.toReversed().forEach((connection) => connection.close());
  try {
    for (const [index, hop] of route.entries()) {
      const isLast = index === route.length - 1;
      passed.push(await connectHop(passed.at(-1), hop, options, isLast ? check : checkAgainstKnownHosts));
    }
  } catch (error) {
    closeAll();
    throw error;
  }
  const last = passed.at(-1);
  if (last === undefined) throw sshError('Internal', 'connect by SSH', 'the route is empty');
  // The jump hosts are for this connection alone.
  last.gone.addEventListener('abort', closeAll, { once: true });
  return { ...last, close: closeAll };
}

function checkAgainstKnownHosts(key: Buffer, knownHosts: readonly KnownHostsEntry[], hop: SshHop) {
  const verdict = judgeHostKey(knownHosts, { ...hop, alias: hop.hostKeyAlias }, key);
  return verdict.status === 'right' ? undefined : hostKeyError(hop, key, verdict);
}

async function connectHop(
  before: SshConnection | undefined,
  hop: SshHop,
  options: ConnectOptions,
  check: HostKeyCheck,
): Promise<SshConnection> {
  const knownHosts = await readKnownHosts(hop.knownHostsFiles);
  const transport = await transportTo(hop, before, options.timeoutMs);
  const client = new Client();
  const gone = new AbortController();
  client.once('close', () => gone.abort());
  // What goes wrong after the login shows up as the connection's end; without a listener it would end the process.
  client.on('error', () => undefined);
  const close = () => {
    endTransport(client, transport);
    gone.abort();
  };
  try {
    await handshake(client, transport, hop, {
      ...options,
      knownKeyTypes: knownKeyTypes(knownHosts, { ...hop, alias: hop.hostKeyAlias }),
      refusalOf: (key) => check(key, knownHosts, hop),
    });
  } catch (error) {
    close();
    throw error;
  }
  return { client, name: hopName(hop), gone: gone.signal, close };
}

function endTransport(client: Client, transport: Duplex): void {
  client.destroy();
  transport.destroy();
}
