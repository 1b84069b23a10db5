import { isIP, isIPv4 } from 'node:net';
import { longestTimeMs } from '../../domain/cluster/request';
import { size, text } from '../fields';
import { durationMs, durationPattern } from '../quantities';
import { sshGitUrl } from './gitUrl';
import { readNetwork, readRange } from './ipv4';

/** The kinds of values that only profiles hold; their error texts say what is expected (../fields.ts). */

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;
const hourMs = 3_600_000;

/** Memory of a machine; bytes after parsing. */
export function memory() {
  const expected = 'a size in whole MiB from 128MiB to 4TiB, such as 4GiB';
  return size(expected, mebibyte, 128, 4 * 1024 * 1024);
}

/** Size of a disk; bytes after parsing. */
export function diskSize() {
  return size('a size in whole GiB from 1GiB to 64TiB, such as 32GiB', gibibyte, 1, 64 * 1024);
}

/** An IPv4 address without prefix. */
export function ipv4Address() {
  const expected = 'an IPv4 address such as 10.0.40.21, without prefix';
  return text(expected, /^\d{1,3}(\.\d{1,3}){3}$/).refine(isIPv4, { error: expected });
}

/** An IPv4 or IPv6 address. */
export function ipAddress() {
  const expected = 'an IP address such as 10.0.40.1';
  return text(expected, /^[0-9A-Fa-f:.]+$/).refine((it) => isIP(it) !== 0, { error: expected });
}

/** An IPv4 network in CIDR form. */
export function subnet() {
  const expected = 'an IPv4 network from /8 to /30, such as 10.0.40.0/24';
  return text(expected, /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/).refine((it) => readNetwork(it) !== undefined, {
    error: expected,
  });
}

/** A range of IPv4 addresses. */
export function addressRange() {
  const expected = 'a range first-last of IPv4 addresses, such as 10.0.40.21-10.0.40.29';
  return text(expected, /^\d{1,3}(\.\d{1,3}){3}-\d{1,3}(\.\d{1,3}){3}$/).refine(
    (it) => readRange(it) !== undefined,
    { error: expected },
  );
}

/** Volume id of a snippet. */
export function snippet() {
  return text(
    'the volume id of a snippet that lies on the nodes, such as local:snippets/k3s.yaml',
    /^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:snippets\/[A-Za-z0-9][A-Za-z0-9._-]*$/,
  );
}

/** How long a cluster lives; milliseconds after parsing. */
export function lifetime() {
  const expected = 'a duration of at least 1h and at most 3650d, such as 8h or 7d';
  return text(expected, durationPattern)
    .transform(durationMs)
    .refine((ms) => ms >= hourMs && ms <= longestTimeMs, { error: expected });
}

/** A version of Talos; with `v` after parsing. */
export function talosVersion() {
  return text(
    'a version of Talos such as v1.13.2',
    /^v?1\.\d{1,2}\.\d{1,2}(-(alpha|beta|rc)\.\d{1,2})?$/,
  ).transform((it) => (it.startsWith('v') ? it : `v${it}`));
}

/** A version of Kubernetes; without `v` after parsing. */
export function kubernetesVersion() {
  return text(
    'a version of Kubernetes such as 1.35.2',
    /^v?1\.\d{1,2}\.\d{1,2}(-(alpha|beta|rc)\.\d{1,2})?$/,
  ).transform((it) => it.replace(/^v/, ''));
}

/** Reference of a container image with its tag. */
export function imageReference() {
  return text(
    'an image with its tag, such as factory.talos.dev/nocloud-installer/<schematic>:v1.13.2',
    /^[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
  );
}

/** A Git repository that is reached over SSH; `ssh://` after parsing. */
export function gitUrl() {
  const expected =
    'a repository over SSH without a password: ssh://git@host/path.git or git@host:path.git (its key is key_secret)';
  return text(expected)
    .refine((it) => sshGitUrl(it) !== undefined, { error: expected })
    .transform((it) => sshGitUrl(it) ?? it);
}
