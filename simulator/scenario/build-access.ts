import { randomBytes, randomUUID } from 'node:crypto';
import { allPrivileges, builtinRoles } from '../access/privileges';
import type { AccessState, AclEntry, UserState } from '../access/state';
import type { ScenarioAccess } from './access-schema';

/** The user, role and token that a scenario without users gets: those of the project's own set-up. */
const defaultUser = 'claude-code@pve';
const defaultRole = {
  id: 'ClaudeCodeManager',
  privileges: [
    ...[
      'VM.Allocate',
      'VM.Clone',
      'VM.Config.Disk',
      'VM.Config.CPU',
      'VM.Config.Memory',
      'VM.Config.Network',
    ],
    ...[
      'VM.Config.Options',
      'VM.Config.Cloudinit',
      'VM.Config.HWType',
      'VM.Config.CDROM',
      'VM.PowerMgmt',
      'VM.Console',
    ],
    ...['VM.Monitor', 'VM.GuestAgent.Audit', 'VM.GuestAgent.Unrestricted', 'VM.Migrate', 'VM.Snapshot'],
    ...['VM.Snapshot.Rollback', 'VM.Backup', 'VM.Audit', 'Datastore.Allocate', 'Datastore.AllocateSpace'],
    ...['Datastore.AllocateTemplate', 'Datastore.Audit', 'SDN.Use', 'SDN.Audit', 'Sys.Audit', 'Sys.Console'],
  ],
};

/** Users, roles and permissions of a new cluster. */
export function buildAccess(scenario: ScenarioAccess, major: 8 | 9): AccessState {
  const users = scenario.users ?? [defaultUserOf()];
  const root = { ...defaultUserOf('root@pam'), password: scenario.root_password, tokens: [] };
  const all = users.some(({ id }) => id === root.id) ? users : [...users, root];
  const roles = [...scenario.roles, ...(scenario.users === undefined ? [defaultRole] : [])];
  const known = allPrivileges(major);
  const defaultAcl =
    scenario.users === undefined
      ? [{ path: '/', user: defaultUser, role: defaultRole.id, propagate: true }]
      : [];
  return {
    users: new Map(all.map((user) => [user.id, buildUser(user, scenario.root_password)])),
    groups: new Map(scenario.groups.map(({ id, comment }) => [id, { id, comment }])),
    roles: new Map([
      ...builtinRoles(major).map((role): [string, typeof role] => [role.id, role]),
      ...roles.map(
        ({ id, privileges }): [string, { id: string; special: boolean; privileges: Set<string> }] => [
          id,
          { id, special: false, privileges: new Set(privileges.filter((privilege) => known.has(privilege))) },
        ],
      ),
    ]),
    realms: new Map([
      ['pam', { type: 'pam', comment: 'Linux PAM standard authentication', isDefault: true }],
      ['pve', { type: 'pve', comment: 'Proxmox VE authentication server', isDefault: false }],
    ]),
    acl: (scenario.acl ?? defaultAcl).map((entry) => buildEntry(entry)),
    staleEntries: [],
    ticketKey: randomBytes(32).toString('hex'),
  };
}

type ScenarioUser = NonNullable<ScenarioAccess['users']>[number];

function defaultUserOf(id = defaultUser): ScenarioUser {
  const token = { id: 'automation', secret: undefined, privsep: false, expire: 0, comment: undefined };
  return {
    id,
    password: undefined,
    enabled: true,
    expire: 0,
    groups: [],
    comment: undefined,
    email: undefined,
    tokens: [token],
  };
}

function buildUser(user: ScenarioUser, rootPassword: string): UserState {
  const details = Object.entries({ comment: user.comment, email: user.email });
  return {
    id: user.id,
    enabled: user.enabled,
    expire: user.expire,
    password: user.password ?? (user.id === 'root@pam' ? rootPassword : undefined),
    groups: new Set(user.groups),
    details: new Map(details.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    tokens: new Map(
      user.tokens.map(({ id, secret = randomUUID(), privsep, expire, comment }) => [
        id,
        { id, secret, privilegeSeparation: privsep, expire, comment },
      ]),
    ),
  };
}

function buildEntry(entry: NonNullable<ScenarioAccess['acl']>[number]): AclEntry {
  const { path, role, propagate, user, group, token } = entry;
  if (user !== undefined) return { path, role, propagate, kind: 'user', subject: user };
  if (group !== undefined) return { path, role, propagate, kind: 'group', subject: group };
  return { path, role, propagate, kind: 'token', subject: token ?? '' };
}
