import type { KnownHostsEntry } from './entries';
import { hostKeyFingerprint } from './fingerprint';
import { knownHostsName, namesHost } from './hostNames';

/** A key that a known_hosts file has for a host. */
export interface KnownKey {
  readonly keyType: string;
  /** `SHA256:...` */
  readonly fingerprint: string;
  readonly file: string;
  readonly line: number;
}

/**
 * What the known_hosts files say about a key that a host has shown.
 * - `right`: a line has this key for this host.
 * - `changed`: lines have other keys for this host, and none has this one. OpenSSH calls a key of a type that
 *   is not known yet new; here it is a change too, because a stranger could choose the type.
 * - `revoked`: a `@revoked` line has this key.
 * - `unknown`: no line has a key for this host. `authority` is a `@cert-authority` line for it: ssh2 knows no host
 *   certificates (its key exchange offers none of the `...-cert-v01@openssh.com` algorithms), so the plain
 *   key that the server shows instead can't be derived from the authority; it needs a line of its own.
 */
export type HostKeyVerdict =
  | { readonly status: 'right' }
  | { readonly status: 'unknown'; readonly authority?: KnownKey }
  | { readonly status: 'changed'; readonly known: readonly KnownKey[] }
  | { readonly status: 'revoked'; readonly entry: KnownKey };

/** Under which name a host is looked up. */
export interface HostIdentity {
  readonly host: string;
  readonly port: number;
  /** HostKeyAlias: the name to look up instead, without a port. */
  readonly alias?: string | undefined;
}

/** Judges a key. A host on another port than 22 may also be known by a line without the port, if the key is the same. */
export function judgeHostKey(
  entries: readonly KnownHostsEntry[],
  identity: HostIdentity,
  key: Buffer,
): HostKeyVerdict {
  const ofHost = entriesOf(entries, lookupName(identity));
  const isShown = (entry: KnownHostsEntry) => entry.key.equals(key);
  const portless = identity.alias === undefined ? entriesOf(entries, identity.host.toLowerCase()) : [];
  const revoked = [...ofHost, ...portless].find((entry) => entry.marker === 'revoked' && isShown(entry));
  if (revoked !== undefined) return { status: 'revoked', entry: knownKey(revoked) };
  const plain = ofHost.filter((entry) => entry.marker === 'none');
  const unported = portless.filter((entry) => entry.marker === 'none');
  if ([...plain, ...unported].some(isShown)) return { status: 'right' };
  if (plain.length > 0) return { status: 'changed', known: plain.map(knownKey) };
  const authority = ofHost.find((entry) => entry.marker === 'authority');
  return { status: 'unknown', ...(authority === undefined ? {} : { authority: knownKey(authority) }) };
}

/** The types of the keys that are known for a host. */
export function knownKeyTypes(
  entries: readonly KnownHostsEntry[],
  identity: HostIdentity,
): readonly string[] {
  const names = [
    lookupName(identity),
    ...(identity.alias === undefined ? [identity.host.toLowerCase()] : []),
  ];
  const plain = names.flatMap((name) => entriesOf(entries, name)).filter((entry) => entry.marker === 'none');
  return [...new Set(plain.map((entry) => entry.keyType))];
}

/** The name under which a host is looked up, and under which its key is written down. */
export function lookupName(identity: HostIdentity): string {
  return identity.alias?.toLowerCase() ?? knownHostsName(identity.host, identity.port);
}

function entriesOf(entries: readonly KnownHostsEntry[], name: string): readonly KnownHostsEntry[] {
  return entries.filter((entry) => namesHost(entry.hosts, name));
}

function knownKey(entry: KnownHostsEntry): KnownKey {
  const { keyType, file, line } = entry;
  return { keyType, fingerprint: hostKeyFingerprint(entry.key), file, line };
}
