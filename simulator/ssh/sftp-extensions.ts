import type { SFTPWrapper } from 'ssh2';

/** What sshd offers beyond SFTP 3, as far as it is simulated. */
export const extensions = ['posix-rename@openssh.com', 'fsync@openssh.com'] as const;

/** Length, type and version of the answer that ssh2 gives to INIT: version 3, no extensions. */
const plainVersion = Buffer.from([0, 0, 0, 5, 2, 0, 0, 0, 3]);

interface ChannelWriter {
  channelData(channel: number, data: Buffer): unknown;
}

/**
 * Lets the server announce the extensions: ssh2 itself announces none, and real hosts do. Where ssh2's inside looks other
 * than expected nothing is announced, and clients do without.
 */
export function announceExtensions(sftp: SFTPWrapper): void {
  const protocol: unknown = Reflect.get(sftp, '_protocol');
  if (!isChannelWriter(protocol)) return;
  const announcing: unknown = Object.create(protocol, {
    channelData: {
      value: (channel: number, data: Buffer) =>
        protocol.channelData(channel, plainVersion.equals(data) ? versionWithExtensions() : data),
    },
  });
  Reflect.set(sftp, '_protocol', announcing);
}

/** The texts that the data of an extended request begins with. */
export function textsOf(data: Buffer, count: number): string[] {
  const texts: string[] = [];
  let at = 0;
  while (texts.length < count && at + 4 <= data.length) {
    const length = data.readUInt32BE(at);
    texts.push(data.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return texts;
}

function versionWithExtensions(): Buffer {
  const pairs = extensions.flatMap((name) => [name, '1']).map((text) => withLength(Buffer.from(text)));
  return withLength(Buffer.concat([plainVersion.subarray(4), ...pairs]));
}

function withLength(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

function isChannelWriter(value: unknown): value is ChannelWriter {
  return (
    typeof value === 'object' &&
    value !== null &&
    'channelData' in value &&
    typeof value.channelData === 'function'
  );
}
