import { connectAlong, type ConnectOptions } from './connection/connect';
import { hostKeyError, sshError } from './failures';
import { hostKeyFingerprint, hostKeyType } from './hostKeys/fingerprint';
import { judgeHostKey, type HostKeyVerdict } from './hostKeys/judge';
import { addKnownHost, readKnownHosts } from './hostKeys/knownHostsFiles';
import type { SshHop } from './settings/route';

/** A host's key as it was shown, and what is known about it. Plain data: it may travel in plans and results. */
export interface HostKeySighting {
  readonly keyType: string;
  /** `SHA256:...`, as `ssh-keygen -lf` shows it on the host's console. */
  readonly fingerprint: string;
  /** The public key's wire form in base64. */
  readonly key: string;
  readonly verdict: HostKeyVerdict;
}

/** Ends the handshake once the key has been shown. */
class Seen extends Error {
  readonly sighting: HostKeySighting;

  constructor(sighting: HostKeySighting) {
    super('the host key has been seen');
    this.sighting = sighting;
  }
}

/**
 * Looks at the key of the last host of a route without logging in there (the hosts before it are logged in at).
 * Throws what `connectAlong` throws, except about the last host's key.
 */
export async function lookAtHostKey(
  route: readonly SshHop[],
  options: ConnectOptions,
): Promise<HostKeySighting> {
  try {
    const connection = await connectAlong(route, options, (key, knownHosts, hop) => {
      const verdict = judgeHostKey(knownHosts, { ...hop, alias: hop.hostKeyAlias }, key);
      return new Seen({
        keyType: hostKeyType(key),
        fingerprint: hostKeyFingerprint(key),
        key: key.toString('base64'),
        verdict,
      });
    });
    connection.close();
  } catch (error) {
    if (error instanceof Seen) return error.sighting;
    throw error;
  }
  throw sshError('Internal', 'look at a host key', 'a connection was made without showing one');
}

/** Writes a key of the last host of a route into a known_hosts file, unless the files have another one for it. */
export async function acceptHostKey(route: readonly SshHop[], key: Buffer, file: string): Promise<void> {
  const hop = route.at(-1);
  if (hop === undefined) throw sshError('Internal', 'accept a host key', 'the route is empty');
  const identity = { ...hop, alias: hop.hostKeyAlias };
  const verdict = judgeHostKey(await readKnownHosts(hop.knownHostsFiles), identity, key);
  if (verdict.status === 'changed' || verdict.status === 'revoked') throw hostKeyError(hop, key, verdict);
  await addKnownHost(file, identity, key);
}
