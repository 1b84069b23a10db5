import type { ServerHostKeyAlgorithm } from 'ssh2';

/** Every algorithm we take, best first. RSA only with SHA-2: `ssh-rsa` signs with SHA-1. */
const algorithmsByType = new Map<string, readonly ServerHostKeyAlgorithm[]>([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/**
 * The host key algorithms to offer. Types that are known for the host come first, as OpenSSH does it: a server
 * shows one of its keys only, and a known host must not look changed because it showed another one.
 */
export function offeredHostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (type: string) => knownTypes.includes(type);
  const types = [...algorithmsByType.keys()];
  const ordered = [...types.filter(isKnown), ...types.filter((type) => !isKnown(type))];
  return ordered.flatMap((type) => algorithmsByType.get(type) ?? []);
}
