import type { AccessProfile, ProxmoxMajor } from '../../domain/access';

/** A privilege that a role of this project has. */
export interface PrivilegeFacts {
  readonly privilege: string;
  /** Why, in words: the plan shows it. */
  readonly why: string;
  readonly profiles: readonly AccessProfile[];
  /** Absent: on every version. A privilege that a version does not know is refused by it (behaviour: 2.4). */
  readonly only?: ProxmoxMajor;
}

const full: readonly AccessProfile[] = ['full'];
const moving: readonly AccessProfile[] = ['full', 'evacuation'];
const all: readonly AccessProfile[] = ['full', 'evacuation', 'read'];

/**
 * The privileges of the management role with the reason for each (reference: templates and runbooks, "The role").
 * Never among them: Sys.Modify, Sys.PowerMgmt, Permissions.Modify, User.Modify, Realm.*: the token can change neither
 * hosts nor access.
 */
const managementPrivileges: readonly PrivilegeFacts[] = [
  { privilege: 'Datastore.AllocateSpace', why: 'create disks', profiles: full },
  { privilege: 'Datastore.AllocateTemplate', why: 'download images and templates', profiles: full },
  { privilege: 'Datastore.Audit', why: 'see storages and the room on them', profiles: all },
  { privilege: 'SDN.Use', why: 'attach network cards to bridges', profiles: full },
  { privilege: 'Sys.AccessNetwork', why: 'let a node download from a URL', profiles: full },
  { privilege: 'Sys.Audit', why: 'see nodes, quorum, tasks and HA in full', profiles: all },
  { privilege: 'VM.Allocate', why: 'create and remove guests, make templates', profiles: full },
  { privilege: 'VM.Audit', why: 'see guests and their configurations', profiles: all },
  { privilege: 'VM.Backup', why: 'back up and restore guests', profiles: full },
  { privilege: 'VM.Clone', why: 'clone templates', profiles: full },
  { privilege: 'VM.Config.CDROM', why: 'attach cloud-init drives and ISOs', profiles: full },
  { privilege: 'VM.Config.CPU', why: 'set the CPU of new guests', profiles: full },
  { privilege: 'VM.Config.Cloudinit', why: 'set cloud-init options', profiles: full },
  { privilege: 'VM.Config.Disk', why: 'import, attach and resize disks', profiles: full },
  { privilege: 'VM.Config.HWType', why: 'set machine type and controllers', profiles: full },
  { privilege: 'VM.Config.Memory', why: 'set the memory of new guests', profiles: full },
  { privilege: 'VM.Config.Network', why: 'set network cards', profiles: full },
  { privilege: 'VM.Config.Options', why: 'set names, tags, boot order, agent', profiles: full },
  { privilege: 'VM.Console', why: 'read the serial console of new guests', profiles: full },
  {
    privilege: 'VM.GuestAgent.Audit',
    why: 'ask the guest agent whether a guest is up',
    profiles: full,
    only: 9,
  },
  { privilege: 'VM.Migrate', why: 'move guests to other nodes', profiles: moving },
  { privilege: 'VM.Monitor', why: 'ask the guest agent whether a guest is up', profiles: full, only: 8 },
  { privilege: 'VM.PowerMgmt', why: 'start, stop and shut down guests', profiles: full },
  { privilege: 'VM.Snapshot', why: 'take and remove snapshots', profiles: full },
  { privilege: 'VM.Snapshot.Rollback', why: 'go back to a snapshot', profiles: full },
];

/** What the builds of templates need inside of their own test guests, on 9 only: on 8 VM.Monitor holds it. */
const buildPrivileges: readonly PrivilegeFacts[] = [
  {
    privilege: 'VM.GuestAgent.FileRead',
    why: 'read files in test clones of templates',
    profiles: full,
    only: 9,
  },
  {
    privilege: 'VM.GuestAgent.Unrestricted',
    why: 'run checks in test clones of templates',
    profiles: full,
    only: 9,
  },
];

/** The privileges of the management role of a profile on a version. */
export function privilegesOf(profile: AccessProfile, major: ProxmoxMajor): readonly PrivilegeFacts[] {
  return fitting(managementPrivileges, profile, major);
}

/** The privileges of the second role, for members of the pool of builds; empty: there is no such role. */
export function buildPrivilegesOf(profile: AccessProfile, major: ProxmoxMajor): readonly PrivilegeFacts[] {
  return fitting(buildPrivileges, profile, major);
}

/** Why a privilege is among ours; undefined if it is not. */
export function reasonFor(privilege: string): string | undefined {
  return [...managementPrivileges, ...buildPrivileges].find((it) => it.privilege === privilege)?.why;
}

function fitting(
  facts: readonly PrivilegeFacts[],
  profile: AccessProfile,
  major: ProxmoxMajor,
): readonly PrivilegeFacts[] {
  return facts.filter((it) => it.profiles.includes(profile) && (it.only ?? major) === major);
}
