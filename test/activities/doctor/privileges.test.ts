import type { Checkup, Finding } from '../../../src/domain/checkup';
import { proxmoxVersions, type ProxmoxVersion } from '../../e2e/support/scenario';
import {
  healthyScenario,
  labBuildsRole,
  labRole,
  openCheckupLab,
  type CheckupLab,
} from './support/checkupLab';

const look = ['look at the cluster', 'evacuate a node'];
const making = ['make a template', 'make and change clusters of machines'];

/** Each privilege of the role, and operations that fail without it; written down here a second time on purpose. */
const operationsByPrivilege: Readonly<Record<string, readonly string[]>> = {
  'Sys.Audit': look,
  'VM.Audit': look,
  'Datastore.Audit': look,
  'VM.Migrate': ['evacuate a node', 'make and change clusters of machines'],
  'Datastore.AllocateSpace': making,
  'Datastore.AllocateTemplate': ['make a template'],
  'Sys.AccessNetwork': ['make a template'],
  'SDN.Use': making,
  'VM.Allocate': making,
  'VM.Clone': making,
  'VM.Console': making,
  'VM.PowerMgmt': making,
  'VM.Config.CDROM': making,
  'VM.Config.CPU': making,
  'VM.Config.Cloudinit': making,
  'VM.Config.Disk': making,
  'VM.Config.HWType': making,
  'VM.Config.Memory': making,
  'VM.Config.Network': making,
  'VM.Config.Options': making,
  'VM.Snapshot': ['take snapshots of guests and go back to them'],
  'VM.Snapshot.Rollback': ['take snapshots of guests and go back to them'],
  'VM.Backup': ['back up guests'],
};

function expectedOn(version: ProxmoxVersion): [string, readonly string[]][] {
  const ofVersion = version === '9' ? 'VM.GuestAgent.Audit' : 'VM.Monitor';
  return [...Object.entries(operationsByPrivilege), [ofVersion, making]];
}

/** Without these no node can be emptied. */
const evacuating = new Set(['Sys.Audit', 'VM.Audit', 'VM.Migrate']);

/** Whether something that the project can do today fails without it. */
function isNeededToday(privilege: string, operations: readonly string[]): boolean {
  return evacuating.has(privilege) || operations.includes('make a template');
}

describe.each(proxmoxVersions)('a role on Proxmox VE %s that lacks one privilege', (version) => {
  let lab: CheckupLab;
  beforeAll(async () => {
    lab = await openCheckupLab(healthyScenario(version));
  });
  afterAll(() => lab.close());

  function privilegesOf(name: string): Set<string> {
    const role = lab.simulator.control.cluster.access.roles.get(name);
    if (role === undefined) throw new Error('no role');
    return role.privileges;
  }
  const rolePrivileges = () => privilegesOf(labRole);

  async function roleWithout(role: string, lacking: readonly string[]): Promise<Checkup> {
    for (const privilege of lacking) privilegesOf(role).delete(privilege);
    try {
      return await lab.checkUp();
    } finally {
      for (const privilege of lacking) privilegesOf(role).add(privilege);
    }
  }
  const without = (...lacking: readonly string[]) => roleWithout(labRole, lacking);

  it('is tested with each privilege that the role has', () => {
    expect(
      expectedOn(version)
        .map(([privilege]) => privilege)
        .sort(),
    ).toEqual([...rolePrivileges()].sort());
  });

  it.each(expectedOn(version))(
    '%s is named, with the operations that need it',
    async (privilege, operations) => {
      const { findings } = await without(privilege);
      const [finding, ...others] = found(findings);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({
        check: 'privileges',
        status: isNeededToday(privilege, operations) ? 'failed' : 'warning',
        what: expect.stringContaining(`the token lacks ${privilege} on `) as string,
        remedy: expect.stringContaining(`--privs ${privilege}\n`) as string,
      });
      for (const operation of operations) expect(finding?.what).toContain(`"${operation}"`);
      const reasons = findings.filter(({ status }) => status === 'notChecked').map(({ what }) => what);
      for (const reason of reasons) expect(reason).toContain(`the token lacks ${privilege}`);
    },
  );

  if (version === '9') {
    const builds = ['VM.GuestAgent.FileRead', 'VM.GuestAgent.Unrestricted'];

    it('is tested with each privilege of the second role too', () => {
      expect([...privilegesOf(labBuildsRole)].sort()).toEqual(builds);
    });

    it.each(builds)('%s on the pool of builds is named, with template builds', async (privilege) => {
      const { findings } = await roleWithout(labBuildsRole, [privilege]);
      const [finding, ...others] = found(findings);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({
        ...{ check: 'privileges', status: 'failed', where: '/pool/pxm-builds' },
        what: `the token lacks ${privilege} on /pool/pxm-builds: needed by "make a template"`,
        remedy: expect.stringContaining(
          `modify ${labBuildsRole} --append 1 --privs ${privilege}\n`,
        ) as string,
      });
    });

    it('a second role that was never set up is one finding, with the commands that set it up', async () => {
      const { access } = lab.simulator.control.cluster;
      const before = access.acl;
      access.acl = before.filter(({ role }) => role !== labBuildsRole);
      const { findings } = await lab.checkUp();
      access.acl = before;
      const [finding, ...others] = found(findings);
      expect(others).toEqual([]);
      expect(finding?.what).toContain(`lacks ${builds.join(' and ')} on /pool/pxm-builds`);
      expect(finding?.remedy).toContain('pxm bootstrap');
      expect(finding?.remedy).toContain(`pveum acl modify /pool/pxm-builds --users claude-code@pve`);
    });

    it.each(['evacuation', 'read'])('the second role is not missed in the profile %s', async (profile) => {
      lab.configure({ profile });
      const { findings } = await roleWithout(labBuildsRole, builds);
      lab.configure({});
      expect(found(findings)).toEqual([]);
    });
  }

  it('Datastore.Allocate is wanted on the storage of images only, if one is configured', async () => {
    const importStorage = 'local';
    const look = async (profile: string) => {
      lab.configure({ importStorage, profile });
      const { findings } = await lab.checkUp();
      return found(findings).filter(({ check }) => check === 'privileges');
    };
    const { access } = lab.simulator.control.cluster;
    const before = access.acl;
    const [finding, ...others] = await look('full');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ status: 'failed', where: '/storage/local' },
      what: 'the token lacks Datastore.Allocate on /storage/local: needed by "make a template"',
      remedy: expect.stringContaining(
        'pveum acl modify /storage/local --users claude-code@pve --roles PVEDatastoreAdmin',
      ) as string,
    });
    expect(await look('evacuation')).toEqual([]);
    const subject = 'claude-code@pve';
    const entry = { path: '/storage/local', kind: 'user', subject, role: 'PVEDatastoreAdmin' } as const;
    access.acl = [...before, { ...entry, propagate: true }];
    expect(await look('full')).toEqual([]);
    access.acl = before;
    lab.configure({});
  });

  it('the token of another user is one finding, which names both users and has no command for our role', async () => {
    lab.configure({ user: 'someone@pve' });
    try {
      expect(found((await lab.checkUp()).findings)).toEqual([]);
      const { findings } = await without('VM.Migrate', 'VM.Backup', 'SDN.Use');
      const [finding, ...others] = found(findings);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ check: 'privileges', status: 'failed' });
      expect(finding?.what).toMatch(/^the token is of claude-code@pve, not of someone@pve \(access\.user\)/);
      for (const name of ['VM.Migrate', 'VM.Backup', 'SDN.Use']) expect(finding?.what).toContain(name);
      expect(finding?.remedy).toContain('pxm bootstrap');
      expect(finding?.remedy).toContain('pveum acl modify / --users claude-code@pve');
      expect(finding?.remedy).not.toContain('role modify');
      expect(found((await without('VM.Backup')).findings)).toMatchObject([{ status: 'warning' }]);
    } finally {
      lab.configure({});
    }
  });

  it('says what it could not look at without Sys.Audit', async () => {
    const { findings } = await without('Sys.Audit');
    const hidden = findings.filter(({ status }) => status === 'notChecked').map(({ check }) => check);
    expect([...new Set(hidden)]).toEqual(['tokenExpiry', 'quorum', 'clocks', 'ha']);
  });

  it('does not take storages for missing that the token may not see', async () => {
    const { findings } = await without('Datastore.Audit', 'Datastore.AllocateSpace');
    expect(found(findings).map(({ check }) => check)).toEqual(['privileges', 'privileges']);
    expect(findings.find(({ check }) => check === 'storages')).toMatchObject({ status: 'notChecked' });
  });

  it('does not miss what the configured profile does not have', async () => {
    const kept = new Set([...evacuating, 'Datastore.Audit']);
    const others = [...rolePrivileges()].filter((privilege) => !kept.has(privilege));
    expect(found((await without(...others)).findings)).toHaveLength(others.length);
    lab.configure({ profile: 'evacuation' });
    expect(found((await without(...others)).findings)).toEqual([]);
    expect(found((await without(...others, 'VM.Migrate')).findings)).toHaveLength(1);
    lab.configure({});
  });
});

function found(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ status }) => status === 'failed' || status === 'warning');
}
