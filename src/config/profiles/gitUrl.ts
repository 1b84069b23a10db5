const host = '[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?';
const user = '[A-Za-z_][A-Za-z0-9._-]*';
const sshForm = new RegExp(String.raw`^ssh://(${user}@)?${host}(:\d{1,5})?/[^\s?#@:]+$`);
const scpForm = new RegExp(String.raw`^(?<account>${user}@${host}):/?(?<path>[^\s?#@:/][^\s?#@:]*)$`);

/**
 * The URL of a Git repository that is reached over SSH, as Flux takes it: `git@host:path` is converted. Undefined for
 * anything else, a password in the URL among it.
 */
export function sshGitUrl(text: string): string | undefined {
  if (sshForm.test(text)) return text;
  const { account, path } = scpForm.exec(text)?.groups ?? {};
  return account === undefined || path === undefined ? undefined : `ssh://${account}/${path}`;
}
