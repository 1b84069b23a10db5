import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { writeWorkerState } from '../../src/client/processes/workerState';
import { startPxm, temporaryFolder } from './support/cli';

describe('pxm down while Temporal does not answer', () => {
  it('stops nothing after Ctrl-C', async () => {
    const folder = temporaryFolder();
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${port}`;
    process.env['PXM_STATE_FOLDER'] = folder;
    // This process is no worker, so nothing is ended if the test fails; only the file would go.
    writeWorkerState({ pid: process.pid, cluster: 'lab', file: join(folder, 'no-worker'), logFile: 'none' });
    try {
      const down = startPxm(['down']);
      await down.shows('The Temporal server has not answered yet');
      down.interrupt();
      expect(await down.ended).toBe(130);
      expect(down.stdout()).toBe('');
      expect(existsSync(join(folder, 'worker-lab.json'))).toBe(true);
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });
});
