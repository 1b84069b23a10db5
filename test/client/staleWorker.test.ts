import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/temporal/freePort';
import { startPxm, temporaryFolder } from './support/cli';
import { pretendWorker } from './support/pretendedWorker';

describe('a worker of this machine that was started with another configuration', () => {
  const commands = [
    'bootstrap --no-host-keys',
    'bootstrap --undo --no-host-keys',
    'token rotate --no-host-keys',
    'evacuate pve01',
    'template create debian-13',
    'runbook plan storage-check',
    'runbook run storage-check',
  ];

  it.each(commands)('is warned of by pxm %s, before anything is started', async (command) => {
    const folder = temporaryFolder();
    process.env['PXM_STATE_FOLDER'] = folder;
    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
    const configFile = join(folder, 'cluster-config.yaml');
    const nodes = '  nodes:\n    - { name: pve01, host: 127.0.0.1, port: 1 }';
    writeFileSync(configFile, `cluster:\n  name: lab\n${nodes}\ncredentials:\n  file: token\n`);
    pretendWorker('lab', 'of another configuration');
    const run = startPxm([...command.split(' '), '--config', configFile]);
    await run.shows(`Warning: the configuration has changed since worker ${process.pid} was started`);
    run.interrupt();
    await run.ended;
  });
});
