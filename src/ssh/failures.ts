import { ManagerError, problem, type ErrorCode, type Problem } from '../domain/errors';
import { hostKeyFingerprint, hostKeyType } from './hostKeys/fingerprint';
import { lookupName, type HostKeyVerdict, type KnownKey } from './hostKeys/judge';
import type { SshHop } from './settings/route';

/** `root@pve01`, with the port where it is not 22. */
export function hopName({ user, host, port }: SshHop): string {
  return `${user}@${host}${port === 22 ? '' : `:${port}`}`;
}

/** An error of this folder. */
export function sshError(
  code: ErrorCode,
  attempted: string,
  failed: string,
  more: Partial<Pick<Problem, 'proxmoxSaid' | 'remedy'>> = {},
): ManagerError {
  return new ManagerError(problem(code, { attempted, failed, ...more }));
}

/** Whether something is a ManagerError of this code. */
export function hasCode(error: unknown, code: ErrorCode): error is ManagerError {
  return error instanceof ManagerError && error.code === code;
}

/** The error for a host key that is not trusted. */
export function hostKeyError(
  hop: SshHop,
  key: Buffer,
  verdict: Exclude<HostKeyVerdict, { readonly status: 'right' }>,
): ManagerError {
  const attempted = `connect to ${hopName(hop)} by SSH`;
  const shown = `${hostKeyType(key)} ${hostKeyFingerprint(key)}`;
  const name = lookupName({ ...hop, alias: hop.hostKeyAlias });
  switch (verdict.status) {
    case 'unknown':
      return sshError('HostKeyUnknown', attempted, unknownText(hop, shown, verdict.authority));
    case 'revoked':
      return sshError(
        'HostKeyRevoked',
        attempted,
        `the host shows the key ${shown}, which is marked as revoked in ${place(verdict.entry)}`,
      );
    case 'changed':
      return sshError(
        'HostKeyChanged',
        attempted,
        `the host key has changed: known ${verdict.known.map(knownText).join(', ')}; shown ${shown}`,
        { remedy: changedRemedy(hop, name, verdict.known) },
      );
  }
}

function unknownText(hop: SshHop, shown: string, authority: KnownKey | undefined): string {
  const text = `the host key is not known: ${shown}`;
  if (authority === undefined) return text;
  return `${text}. ${place(authority)} trusts a certificate authority for ${hop.host}, but host certificates can't be verified here: the plain key has to be accepted once`;
}

/** `ssh-keygen -R` without `-f` cleans the user's own file only. */
function changedRemedy(hop: SshHop, name: string, known: readonly KnownKey[]): string {
  const files = [...new Set(known.map(({ file }) => file))];
  const commands = files.map(
    (file) =>
      `ssh-keygen -R ${name.includes('[') ? `'${name}'` : name}${isUsersOwn(file) ? '' : ` -f ${file}`}`,
  );
  return `Somebody else may answer at this address. Verify on the console of ${hop.host} which key is its own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). Only if it is the one shown, remove the old one: ${commands.join(' ; ')} - then accept the new one.`;
}

function isUsersOwn(file: string): boolean {
  return file.endsWith('/.ssh/known_hosts');
}

function knownText(known: KnownKey): string {
  return `${known.keyType} ${known.fingerprint} (${place(known)})`;
}

function place({ file, line }: KnownKey): string {
  return `${file} line ${line}`;
}
