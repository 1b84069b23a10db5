import type { SshHost } from './host';

/** Reads a ProxyJump: `[user@]host[:port]` or `ssh://[user@]host[:port]`, several with commas between. */
export function parseJumps(text: string): readonly SshHost[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseJump);
}

function parseJump(text: string): SshHost {
  const plain = text.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const at = plain.lastIndexOf('@');
  const user = at < 0 ? undefined : plain.slice(0, at);
  const address = plain.slice(at + 1);
  const [, bracketed, bare, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address) ?? [];
  // An address of IPv6 without brackets has no port.
  return { host: bracketed ?? bare ?? address, user, port: port === undefined ? undefined : Number(port) };
}
