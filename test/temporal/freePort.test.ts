import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { freePort, isPortFree } from '../../src/temporal/freePort';
import { testProcesses } from '../canary/processes';

/** Loopback in the kernel's table of connections: the bytes of the address backwards, the port in hexadecimal. */
function statesOf(port: number): string[] {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows.filter(([, address]) => address === local).map(([, , , state = '']) => state);
}

test('a program can listen on a free port, and then it is taken', async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await isPortFree(port)).toBe(false);
  server.close();
  await once(server, 'close');
});

testProcesses(
  'no connection gets a free port by chance: its own is in TIME_WAIT there (needs /proc)',
  async () => {
    const timeWait = '06';
    expect(statesOf(await freePort())).toEqual([timeWait]);
  },
);
