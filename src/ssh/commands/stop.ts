import type { Client, ClientChannel } from 'ssh2';

interface Signaller {
  signal(channelId: number, name: string): void;
}

/**
 * Sends a signal to a running command. ssh2 sends none once standard input has ended, though the protocol allows it
 * (RFC 4254, sections 5.3 and 6.9: the end of input closes one direction of data only); then its protocol object is
 * asked directly. If that can't be found the signal is left out, and the channel is closed as always.
 */
export function sendSignal(client: Client, channel: ClientChannel, name: 'TERM' | 'KILL'): void {
  if (channel.writable) {
    channel.signal(name);
    return;
  }
  const protocol: unknown = Reflect.get(client, '_protocol');
  const outgoing: unknown = Reflect.get(channel, 'outgoing');
  if (isSignaller(protocol) && hasId(outgoing)) protocol.signal(outgoing.id, name);
}

function isSignaller(value: unknown): value is Signaller {
  return (
    typeof value === 'object' && value !== null && 'signal' in value && typeof value.signal === 'function'
  );
}

function hasId(value: unknown): value is { readonly id: number } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number';
}
