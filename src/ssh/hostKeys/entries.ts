/** One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHostsEntry {
  /** `@cert-authority` and `@revoked`; most lines have none. */
  readonly marker: 'none' | 'authority' | 'revoked';
  /** Comma-separated names and wildcards, or one hashed name (`|1|salt|hash`). */
  readonly hosts: string;
  readonly keyType: string;
  /** The public key's wire form. */
  readonly key: Buffer;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

const markers = new Map([
  ['@cert-authority', 'authority'],
  ['@revoked', 'revoked'],
] as const);

/** Reads a known_hosts file. Lines that can't be understood are left out, as OpenSSH does it. */
export function parseKnownHosts(text: string, file: string): readonly KnownHostsEntry[] {
  return text.split(/\r?\n/).flatMap((line, index) => parseLine(line, file, index + 1));
}

function parseLine(text: string, file: string, line: number): readonly KnownHostsEntry[] {
  const words = text.trim().split(/\s+/);
  const [first = ''] = words;
  if (first === '' || first.startsWith('#')) return [];
  const marker = first.startsWith('@') ? [...markers].find(([name]) => name === first)?.[1] : 'none';
  const [hosts, keyType, encoded] = marker === 'none' ? words : words.slice(1);
  if (marker === undefined || hosts === undefined || keyType === undefined || encoded === undefined)
    return [];
  return [{ marker, hosts, keyType, key: Buffer.from(encoded, 'base64'), file, line }];
}
