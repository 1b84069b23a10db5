import { taskOfRequest } from '../../src/proxmox/tasks/taskOfRequest';

const guest = '/nodes/pve01/qemu/101';

test.each([
  ['POST', '/nodes/pve01/qemu', { vmid: '120' }, ['qmcreate', 'qmrestore'], '120', true],
  ['POST', '/nodes/pve01/lxc', { vmid: '121' }, ['vzcreate', 'vzrestore'], '121', true],
  ['DELETE', guest, {}, ['qmdestroy'], '101', true],
  ['POST', `${guest}/status/shutdown`, {}, ['qmshutdown'], '101', true],
  ['POST', `${guest}/snapshot`, { snapname: 'a' }, ['qmsnapshot'], '101', true],
  ['DELETE', `${guest}/snapshot/a`, {}, ['qmdelsnapshot'], '101', true],
  ['POST', `${guest}/snapshot/a/rollback`, {}, ['qmrollback'], '101', true],
  ['POST', `${guest}/migrate`, { target: 'pve02' }, ['qmigrate', 'hamigrate'], '101', true],
  ['POST', `${guest}/config`, {}, ['qmconfig'], '101', false],
  ['POST', `${guest}/status/reset`, {}, ['qmreset'], '101', false],
  ['POST', `${guest}/status/reboot`, {}, ['qmreboot'], '101', false],
  ['PUT', `${guest}/resize`, { disk: 'scsi0', size: '20G' }, ['resize'], '101', true],
  ['PUT', `${guest}/resize`, { disk: 'scsi0', size: '+5G' }, ['resize'], '101', false],
  ['POST', '/nodes/pve01/lxc/200/status/start', {}, ['vzstart'], '200', true],
  ['POST', '/nodes/pve01/storage/local/download-url', { filename: 'a.iso' }, ['download'], 'a.iso', true],
] as const)(
  '%s %s %j begins a task that can be found again',
  (method, path, parameters, types, id, isRepeatable) => {
    expect(taskOfRequest({ method, path, parameters })).toEqual({ node: 'pve01', types, id, isRepeatable });
  },
);

test.each([
  [{ newid: '130' }, 'pve01'],
  [{ newid: 130, target: 'pve02' }, 'pve02'],
] as const)('a clone %j says what it makes, on %s', (parameters, node) => {
  expect(taskOfRequest({ method: 'POST', path: `${guest}/clone`, parameters })).toEqual({
    ...{ node: 'pve01', types: ['qmclone'], id: '101', isRepeatable: true },
    makes: { node, vmid: 130 },
  });
});

test.each([
  ['PUT', `${guest}/config`],
  ['POST', `${guest}/agent/ping`],
  ['POST', '/pools'],
  ['DELETE', '/nodes/pve01/storage/local/content/local%3Aiso%2Fa.iso'],
])('%s %s begins none that could be told from others', (method, path) => {
  expect(taskOfRequest({ method, path, parameters: {} })).toBeUndefined();
});
