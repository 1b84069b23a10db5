import { createHmac } from 'node:crypto';

const standardPort = 22;

/** How known_hosts names a host: in lower case, and as `[host]:port` on any port but 22. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === standardPort ? name : `[${name}]:${port}`;
}

/** Whether the hosts field of a known_hosts line names this host. A negated pattern that fits excludes it. */
export function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return isHashOf(hosts, name);
  const patterns = hosts.toLowerCase().split(',');
  const fits = (negated: boolean) =>
    patterns.some((it) => it.startsWith('!') === negated && fitsPattern(it.replace(/^!/, ''), name));
  return fits(false) && !fits(true);
}

/** `|1|salt|hash`, both base64: HMAC-SHA1 of the name under the salt. It has no other version. */
function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function fitsPattern(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`).test(name);
}
