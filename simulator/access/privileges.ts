import type { RoleState } from './state';

const vmCommon = [
  'VM.Allocate',
  'VM.Audit',
  'VM.Backup',
  'VM.Clone',
  'VM.Config.CDROM',
  'VM.Config.CPU',
  'VM.Config.Cloudinit',
  'VM.Config.Disk',
  'VM.Config.HWType',
  'VM.Config.Memory',
  'VM.Config.Network',
  'VM.Config.Options',
  'VM.Console',
  'VM.Migrate',
  'VM.PowerMgmt',
  'VM.Snapshot',
  'VM.Snapshot.Rollback',
];
const guestAgentOfUsers = [
  'VM.GuestAgent.Audit',
  'VM.GuestAgent.FileRead',
  'VM.GuestAgent.FileSystemMgmt',
  'VM.GuestAgent.FileWrite',
];
const vmUser = [
  'VM.Audit',
  'VM.Backup',
  'VM.Config.CDROM',
  'VM.Config.Cloudinit',
  'VM.Console',
  'VM.PowerMgmt',
];
const systemOfAdministrators = [
  'Mapping.Modify',
  'Permissions.Modify',
  'Realm.Allocate',
  'Sys.AccessNetwork',
  'Sys.Incoming',
  'Sys.Modify',
  'Sys.PowerMgmt',
];
const others = [
  'Datastore.Allocate',
  'Datastore.AllocateSpace',
  'Datastore.AllocateTemplate',
  'Datastore.Audit',
  'Group.Allocate',
  'Mapping.Audit',
  'Mapping.Use',
  'Pool.Allocate',
  'Pool.Audit',
  'Realm.AllocateUser',
  'SDN.Allocate',
  'SDN.Audit',
  'SDN.Use',
  'Sys.Audit',
  'Sys.Console',
  'Sys.Syslog',
  'User.Modify',
];

function vmPrivileges(major: 8 | 9): string[] {
  if (major === 8) return [...vmCommon, 'VM.Monitor'];
  return [...vmCommon, ...guestAgentOfUsers, 'VM.GuestAgent.Unrestricted', 'VM.Replicate'];
}

/** Every privilege that the version knows (behaviour.md 2.4, recordings c1). */
export function allPrivileges(major: 8 | 9): Set<string> {
  return new Set([...vmPrivileges(major), ...others, ...systemOfAdministrators]);
}

/** The built-in roles of the version (GET /access/roles in both recordings c1). */
export function builtinRoles(major: 8 | 9): RoleState[] {
  const all = [...allPrivileges(major)];
  const audit = all.filter((privilege) => /^[A-Za-z]+\.Audit$/.test(privilege));
  const agentAudit = major === 9 ? ['VM.GuestAgent.Audit'] : [];
  const roles: Record<string, readonly string[]> = {
    Administrator: all,
    NoAccess: [],
    PVEAdmin: all.filter((privilege) => !systemOfAdministrators.includes(privilege)),
    PVEAuditor: [...audit, ...agentAudit],
    PVEDatastoreAdmin: [
      'Datastore.Allocate',
      'Datastore.AllocateSpace',
      'Datastore.AllocateTemplate',
      'Datastore.Audit',
    ],
    PVEDatastoreUser: ['Datastore.AllocateSpace', 'Datastore.Audit'],
    PVEMappingAdmin: ['Mapping.Audit', 'Mapping.Modify', 'Mapping.Use'],
    PVEMappingUser: ['Mapping.Audit', 'Mapping.Use'],
    PVEPoolAdmin: ['Pool.Allocate', 'Pool.Audit'],
    PVEPoolUser: ['Pool.Audit'],
    PVESDNAdmin: ['SDN.Allocate', 'SDN.Audit', 'SDN.Use'],
    PVESDNUser: ['SDN.Audit', 'SDN.Use'],
    PVESysAdmin: ['Sys.Audit', 'Sys.Console', 'Sys.Syslog'],
    PVETemplateUser: ['VM.Audit', 'VM.Clone'],
    PVEUserAdmin: ['Group.Allocate', 'Realm.AllocateUser', 'User.Modify'],
    PVEVMAdmin: vmPrivileges(major),
    PVEVMUser: [...vmUser, ...(major === 9 ? guestAgentOfUsers : [])],
  };
  return Object.entries(roles).map(([id, privileges]) => ({
    id,
    special: true,
    privileges: new Set(privileges),
  }));
}
