import { givenOnAll, privilegeRemedy, refusedRemedy } from '../../src/proxmox/privilegeRemedy';

test.each([
  ['/vms/145', '/vms'],
  ['/storage/local-lvm', '/storage'],
  ['/nodes/pve01', '/nodes'],
  ['/vms', '/vms'],
  ['/', '/'],
  ['/mapping/pci/gpu', '/mapping/pci/gpu'],
])('a privilege on %s is given on %s', (path, all) => {
  expect(givenOnAll(path)).toBe(all);
});

test('several privileges are given in one role, each named once', () => {
  const remedy = privilegeRemedy(
    [
      { privileges: ['VM.Audit'], path: '/vms' },
      { privileges: ['Datastore.Audit', 'Datastore.AllocateSpace'], path: '/storage' },
      { privileges: ['VM.Audit'], path: '/vms/7' },
    ],
    'what is missing',
  );
  expect(remedy).toContain('Give the token what is missing.');
  expect(remedy).toContain('--privs "VM.Audit Datastore.Audit"');
  expect(remedy).toContain('pveum acl modify <path>');
});

test('a path that inherits from none is named alone', () => {
  expect(refusedRemedy({ privileges: ['Sys.Audit'], path: '/' })).toContain(
    'Give the token Sys.Audit on /. ',
  );
});
