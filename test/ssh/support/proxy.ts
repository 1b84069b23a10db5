import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between us and a server, and can fall silent: connections stay open, and nothing goes through any more. */
export interface Proxy {
  readonly port: number;
  /** Connections that were made so far. */
  connections(): number;
  /** Nothing more goes through the connections that there are; new ones are served. */
  fallSilent(): void;
  /** The same, as soon as so many more bytes have gone to the server. */
  fallSilentAfter(bytes: number): void;
  close(): void;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startProxy(serverPort: number): Promise<Proxy> {
  const pairs: (readonly [Socket, Socket])[] = [];
  let leftBytes = Infinity;

  function fallSilent(): void {
    leftBytes = Infinity;
    for (const [ours, theirs] of pairs) {
      ours.unpipe();
      theirs.unpipe();
      // What arrives is taken and thrown away, as on a network that loses it.
      ours.resume();
      theirs.resume();
    }
  }

  const tcp = createServer((ours) => {
    const theirs = connect(serverPort, '127.0.0.1');
    pairs.push([ours, theirs]);
    ours.pipe(theirs).pipe(ours);
    ours.on('data', (chunk: Buffer) => {
      leftBytes -= chunk.length;
      if (leftBytes <= 0) fallSilent();
    });
    for (const [socket, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      socket.on('error', () => undefined);
      socket.once('close', () => other.destroy());
    }
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const address = tcp.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    connections: () => pairs.length,
    fallSilent,
    fallSilentAfter(bytes) {
      leftBytes = bytes;
    },
    close() {
      tcp.close();
      for (const [ours, theirs] of pairs) {
        ours.destroy();
        theirs.destroy();
      }
    },
  };
}
