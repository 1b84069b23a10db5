import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';

import type { KeyFiles } from '../access/keyFiles';
import { createLoginMethods, type LoginMethods } from '../access/methods';
import { hopName, sshError } from '../failures';
import { offeredHostKeyAlgorithms } from '../hostKeys/algorithms';
import type { SshHop } from '../settings/route';
import { startPausableTimer, type PausableTimer } from './pausableTimer';

/** What carries the protocol: a TCP socket or a channel of the host before. */
export type Transport = Duplex;

/** What a handshake needs to know. */
export interface HandshakeOptions {
  /** The types of the keys that are known for the host. */
  readonly knownKeyTypes: readonly string[];
  /** Judges the key that the host shows: the error to stop with, or undefined if the key is right. */
  readonly refusalOf: (key: Buffer) => Error | undefined;
  readonly keyFiles: KeyFiles;
  readonly timeoutMs: number;
  readonly keepAlive: { readonly intervalMs: number; readonly mostUnanswered: number };
}

/**
 * Verifies the host's key and logs in; rejects with the refusal, or with the errors of `connectAlong`. The caller
 * closes the client after a failure. ssh2 accepts every host key unless a verifier is set, and its `debug` output would hold secrets:
 * so the one is always set and the other never.
 */
export async function handshake(
  client: Client,
  transport: Transport,
  hop: SshHop,
  options: HandshakeOptions,
): Promise<void> {
  const attempted = `connect to ${hopName(hop)} by SSH`;
  const methods = createLoginMethods(hop, options.keyFiles);
  let timer: PausableTimer | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = startPausableTimer(options.timeoutMs, () => {
        reject(sshError('SshUnreachable', attempted, `no login within ${options.timeoutMs / 1000} s`));
      });
      client.once('ready', resolve);
      client.once('close', () => reject(sshError('SshUnreachable', attempted, 'the connection was closed')));
      client.on('error', (error) => {
        // The agent's errors are no end: ssh2 goes on with the next method.
        if (levelOf(error) === 'agent') methods.agentFailed(error.message);
        else reject(failureOf(error, attempted, methods));
      });
      client.connect({
        sock: transport,
        host: hop.host,
        username: hop.user,
        readyTimeout: 0,
        keepaliveInterval: options.keepAlive.intervalMs,
        keepaliveCountMax: options.keepAlive.mostUnanswered,
        algorithms: { serverHostKey: offeredHostKeyAlgorithms(options.knownKeyTypes) },
        hostVerifier: (key: Buffer) => {
          const refusal = options.refusalOf(key);
          if (refusal !== undefined) reject(refusal);
          return refusal === undefined;
        },
        authHandler: (_left, _partial, next) => {
          timer?.pause();
          methods
            .next()
            .then((method) => {
              timer?.resume();
              if (method === undefined) reject(refusedLogin(attempted, methods));
              else next(method);
            })
            .catch(reject);
        },
      });
    });
  } finally {
    timer?.clear();
  }
}

function failureOf(error: Error, attempted: string, methods: LoginMethods) {
  switch (levelOf(error)) {
    case 'client-socket':
    case 'client-timeout':
      return sshError('SshUnreachable', attempted, error.message);
    case 'client-authentication':
      return refusedLogin(attempted, methods);
    default:
      if (/too many authentication failures/i.test(error.message)) {
        return refusedLogin(attempted, methods, 'the host stopped after too many attempts');
      }
      if (/connection lost before handshake/i.test(error.message)) {
        return sshError('SshUnreachable', attempted, 'the connection was closed before the handshake');
      }
      return sshError('SshFailed', attempted, error.message);
  }
}

function refusedLogin(attempted: string, methods: LoginMethods, lead = 'the host takes none of our keys') {
  const notes = methods.notes();
  const remedy = methods.remedy();
  return sshError(
    'SshAuthenticationFailed',
    attempted,
    `${lead} (${notes.length === 0 ? 'there is none' : notes.join('; ')})`,
    remedy === undefined ? {} : { remedy },
  );
}

function levelOf(error: Error): string | undefined {
  return 'level' in error && typeof error.level === 'string' ? error.level : undefined;
}
