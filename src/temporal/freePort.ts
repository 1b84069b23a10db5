import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Whether nothing listens on this loopback port now. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/**
 * A loopback port for a program that can't be told to choose one itself. Nothing listens on it, and for the next
 * minute the system gives it to no connection either: one of its own has just been closed on it (TIME_WAIT), which
 * keeps a port from those that are chosen by the system, but not from a program that wants to listen on it.
 */
export async function freePort(): Promise<number> {
  const server = createServer((accepted) => {
    accepted.end();
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('The system gives no port.');
    await connectOnce(address.port);
    return address.port;
  } finally {
    server.close();
    await once(server, 'close');
  }
}

/** Connects, and closes only after the other side has: the side that closes first keeps the port. */
async function connectOnce(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.resume();
  await once(socket, 'close');
}
