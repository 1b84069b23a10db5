import { hasPrivilege, privilegesOn, type PrivilegeContext } from '../../simulator/access/evaluate';
import type { Identity } from '../../simulator/access/state';
import { accessSchema } from '../../simulator/scenario/access-schema';
import { buildAccess } from '../../simulator/scenario/build-access';

const access = buildAccess(
  accessSchema.parse({
    users: [
      { id: 'a@pve', groups: ['ops'], tokens: [{ id: 'full' }, { id: 'separated', privsep: true }] },
      { id: 'b@pve', groups: ['ops'] },
    ],
    groups: [{ id: 'ops' }],
    acl: [
      { path: '/', user: 'a@pve', role: 'PVEAuditor' },
      { path: '/vms/100', user: 'a@pve', role: 'PVEVMUser' },
      { path: '/vms/100', token: 'a@pve!separated', role: 'PVEVMAdmin' },
      { path: '/vms', group: 'ops', role: 'PVEVMAdmin' },
      { path: '/nodes', user: 'b@pve', role: 'PVESysAdmin', propagate: false },
      { path: '/pool/lab', user: 'b@pve', role: 'PVEVMUser' },
      { path: '/vms/300', user: 'b@pve', role: 'NoAccess' },
    ],
  }),
  8,
);
const context: PrivilegeContext = {
  access,
  major: 8,
  poolOf: (path) => (path === '/vms/200' || path === '/vms/300' ? 'lab' : undefined),
};

function who(user: string, tokenId?: string): Identity {
  return {
    user,
    tokenId,
    authId: tokenId === undefined ? user : `${user}!${tokenId}`,
    isRoot: user === 'root@pam' && tokenId === undefined,
  };
}
const held = (identity: Identity, path: string): string[] =>
  [...privilegesOn(context, identity, path).keys()].sort();

test('a deeper level replaces what is inherited', () => {
  expect(held(who('a@pve'), '/storage/local')).toContain('Datastore.Audit');
  expect(held(who('a@pve'), '/vms/100')).toEqual([
    'VM.Audit',
    'VM.Backup',
    'VM.Config.CDROM',
    'VM.Config.Cloudinit',
    'VM.Console',
    'VM.PowerMgmt',
  ]);
});

test("an entry of the user's own beats one of a group at the same level, a group's deeper one beats the user's higher one", () => {
  expect(hasPrivilege(context, who('a@pve'), '/vms/101', ['VM.Migrate'])).toBe(true);
  expect(hasPrivilege(context, who('a@pve'), '/vms/101', ['Sys.Audit'])).toBe(false);
});

test('a token without separation has what its user has', () => {
  expect(held(who('a@pve', 'full'), '/vms/100')).toEqual(held(who('a@pve'), '/vms/100'));
});

test('a separated token has what both it and its user have', () => {
  expect(held(who('a@pve', 'separated'), '/vms/100')).toEqual(held(who('a@pve'), '/vms/100'));
  expect(held(who('a@pve', 'separated'), '/vms/101')).toEqual([]);
});

test('an entry that does not propagate counts on its path only', () => {
  expect(hasPrivilege(context, who('b@pve'), '/nodes', ['Sys.Audit'])).toBe(true);
  expect(hasPrivilege(context, who('b@pve'), '/nodes/pve01', ['Sys.Audit'])).toBe(false);
});

test("a pool adds its roles to its members', unless there is NoAccess", () => {
  expect(hasPrivilege(context, who('b@pve'), '/vms/200', ['VM.PowerMgmt'])).toBe(true);
  expect(held(who('b@pve'), '/vms/300')).toEqual([]);
});

test('root has everything; so has a token of root, which still is not root', () => {
  expect(hasPrivilege(context, who('root@pam'), '/', ['Permissions.Modify'])).toBe(true);
  expect(who('root@pam', 'x').isRoot).toBe(false);
});
