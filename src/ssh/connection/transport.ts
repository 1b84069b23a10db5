import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';

import { sshError } from '../failures';
import type { SshHop } from '../settings/route';

/**
 * What carries the protocol to a host: a TCP socket, or a channel through the host before (ProxyJump). A socket that
 * can't connect says so by an event, which the handshake waits for; a channel that can't be had within the time limit
 * throws SshUnreachable.
 */
export async function transportTo(
  { host, port }: SshHop,
  before: { readonly client: Client; readonly name: string } | undefined,
  timeoutMs: number,
): Promise<Duplex> {
  if (before === undefined) return connect({ host, port, noDelay: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(sshError('SshUnreachable', `connect to ${host}:${port} through ${before.name}`, why));
      timer = setTimeout(() => fail(`no connection within ${timeoutMs / 1000} s`), timeoutMs);
      try {
        before.client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
          if (error === undefined) resolve(channel);
          else fail(error.message);
        });
      } catch {
        fail(`the connection to ${before.name} is gone`);
      }
    });
  } finally {
    clearTimeout(timer);
  }
}
