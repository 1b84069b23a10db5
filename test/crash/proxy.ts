import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before Temporal that can be frozen: as a network that carries nothing any more. */
export interface FreezableProxy {
  /** `host:port` for the worker. */
  readonly address: string;
  /** Resolves once the worker has connected: before that it can't have been given anything to do. */
  readonly connected: Promise<void>;
  /** From now on nothing passes in either direction; what comes is lost. Connections stay open until a side closes. */
  freeze(): void;
  /** How many bytes the worker has sent since the freeze. */
  readonly bytesLost: number;
  close(): Promise<void>;
}

/** Starts a proxy to `target` (`host:port`) on a free port of loopback. */
export async function startProxy(target: string): Promise<FreezableProxy> {
  const [host = '127.0.0.1', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let frozen = false;
  let bytesLost = 0;
  let connectedNow: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => (connectedNow = resolve));

  function carry(from: Socket, to: Socket, lose: (bytes: number) => void): void {
    sockets.add(from);
    from.on('data', (chunk) => {
      if (frozen) lose(chunk.length);
      else if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => from.resume());
    // A dead worker's kernel closes its connections; so does this proxy, without passing on what was frozen.
    from.on('close', () => {
      sockets.delete(from);
      if (frozen) to.destroy();
      else to.end();
    });
    from.on('error', () => from.destroy());
  }

  const server = createServer((worker) => {
    connectedNow();
    const temporal = connect(Number(port), host);
    carry(worker, temporal, (bytes) => (bytesLost += bytes));
    carry(temporal, worker, () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');

  return {
    connected,
    address: `127.0.0.1:${address.port}`,
    freeze() {
      frozen = true;
    },
    get bytesLost() {
      return bytesLost;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
