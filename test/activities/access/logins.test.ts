import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { startLab, untouched, type AccessLab } from './support/lab';

describe('of three nodes', () => {
  let lab: AccessLab;
  beforeEach(async () => {
    lab = await startLab(untouched('8.4'));
  });
  afterEach(async () => lab.close());

  const knownHosts = () => path.join(lab.folder, 'known_hosts');
  const linesOfKnownHosts = () => readFileSync(knownHosts(), 'utf8').split(/(?<=\n)/);

  test('one whose host key is known is enough, whichever it is', async () => {
    writeFileSync(knownHosts(), linesOfKnownHosts()[1] ?? '');
    expect((await lab.bring('bootstrapAccess')).node).toBe('pve02');
    expect((await lab.plan('bootstrapAccess')).steps).toEqual([]);
  });

  test('one that lets root in is enough', async () => {
    writeFileSync(
      path.join(lab.folder, '.ssh/config'),
      'Host localhost\n  HostName 127.0.0.1\n  IdentityFile ~/.ssh/none\n  IdentitiesOnly yes\n',
    );
    const text = readFileSync(lab.configFile, 'utf8');
    writeFileSync(
      lab.configFile,
      text.replace('name: pve01, host: 127.0.0.1', 'name: pve01, host: localhost'),
    );
    expect((await lab.plan('bootstrapAccess')).node).toBe('pve02');
  });

  test('none is enough where no host key is known: the first one is named', async () => {
    writeFileSync(knownHosts(), '');
    await expect(lab.plan('bootstrapAccess')).rejects.toMatchObject({ type: 'HostKeyUnknown' });
  });

  test('the only known one that does not answer is waited for', async () => {
    writeFileSync(knownHosts(), linesOfKnownHosts()[1] ?? '');
    await lab.simulator.control.stopService('pve02', 'sshd');
    await expect(lab.plan('bootstrapAccess')).rejects.toMatchObject({ type: 'SshUnreachable' });
  });

  test('one whose host key has changed stops everything', async () => {
    lab.simulator.control.changeHostKey('pve01');
    await expect(lab.plan('bootstrapAccess')).rejects.toMatchObject({ type: 'HostKeyChanged' });
    expect(lab.simulator.control.commands()).toEqual([]);
  });
});
