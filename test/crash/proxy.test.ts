import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { startProxy, type FreezableProxy } from './proxy';

describe('the proxy before Temporal', () => {
  const atServer: Socket[] = [];
  let server: Server;
  let proxy: FreezableProxy;

  beforeEach(async () => {
    server = createServer((socket) => {
      atServer.push(socket);
      socket.on('data', (chunk) => socket.write(`echo ${chunk.toString()}`));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    proxy = await startProxy(`127.0.0.1:${address.port}`);
  });

  afterEach(async () => {
    await proxy.close();
    for (const socket of atServer.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  async function connected(): Promise<Socket> {
    const [host = '', port = ''] = proxy.address.split(':');
    const socket = connect(Number(port), host);
    socket.write('one');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('echo one');
    return socket;
  }

  test('carries both directions until it is frozen; then it only counts what is lost', async () => {
    const socket = await connected();
    proxy.freeze();
    const atServerBefore = atServer[0]?.bytesRead;
    socket.write('two');
    while (proxy.bytesLost === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.bytesLost).toBe(3);
    expect(atServer[0]?.bytesRead).toBe(atServerBefore);
    socket.destroy();
  });

  test('closes the connection to Temporal when the worker behind it dies, frozen or not', async () => {
    const socket = await connected();
    proxy.freeze();
    const [gone] = atServer;
    if (gone === undefined) throw new Error('nothing has arrived');
    const closed = once(gone, 'close');
    socket.destroy();
    await closed;
  });
});
