import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { stepIds } from '../../planning/access/given';
import { startLab, untouched, type AccessLab } from './support/lab';

const user = 'claude-code@pve';
const tokenId = `${user}!automation`;

describe.each(['8.4', '9'] as const)('bootstrap on Proxmox VE %s', (version) => {
  let lab: AccessLab;
  beforeEach(async () => {
    lab = await startLab(untouched(version), { access: 'import_storage: local' });
  });
  afterEach(async () => lab.close());

  const access = () => lab.simulator.control.cluster.access;
  const tokens = () => [...(access().users.get(user)?.tokens.values() ?? [])];

  test('gives exactly what was planned, and a second run changes nothing', async () => {
    const plan = await lab.bring('bootstrapAccess');
    expect(plan.major).toBe(version === '9' ? 9 : 8);
    const role = access().roles.get('ClaudeCodeManager');
    expect(role?.privileges.has(version === '9' ? 'VM.GuestAgent.Audit' : 'VM.Monitor')).toBe(true);
    expect(role?.privileges.has('Sys.Modify')).toBe(false);
    expect(access().acl.map(({ path, subject, role: name }) => `${path} ${subject} ${name}`)).toEqual([
      `/ ${user} ClaudeCodeManager`,
      `/storage/local ${user} PVEDatastoreAdmin`,
      ...(version === '9' ? [`/pool/pxm-builds ${user} ClaudeCodeManagerBuilds`] : []),
    ]);
    expect(tokens()).toMatchObject([{ id: 'automation', privilegeSeparation: false }]);
    expect(readFileSync(lab.tokenFile, 'utf8')).toBe(`${tokenId}\n${tokens()[0]?.secret ?? ''}\n`);
    expect(statSync(lab.tokenFile).mode & 0o777).toBe(0o600);
    expect(existsSync(`${lab.tokenFile}.new`)).toBe(false);

    const again = await lab.plan('bootstrapAccess');
    expect(stepIds(again)).toEqual([]);
    expect(again.items.every(({ state }) => state === 'keep')).toBe(true);
  });

  test('collects the certificate of every node and the CA, and needs nothing to be configured', async () => {
    const { trust } = await lab.plan('bootstrapAccess');
    expect(trust.nodes.map(({ node, fingerprint, configured }) => [node, fingerprint, configured])).toEqual(
      lab.simulator.nodes.map(({ name, fingerprintSha256 }) => [name, fingerprintSha256, 'nothing']),
    );
    expect(trust.certificateAuthorityPem).toBe(lab.simulator.certificateAuthorityPem);
  });

  test('and undo leave the cluster as it was', async () => {
    const roles = [...access().roles.keys()];
    await lab.bring('bootstrapAccess');
    await lab.bring('undoAccess');
    expect([...access().users.keys()]).toEqual(['root@pam']);
    expect([...access().roles.keys()]).toEqual(roles);
    expect(access().acl).toEqual([]);
    expect(lab.simulator.control.cluster.pools.size).toBe(0);
    expect(existsSync(lab.tokenFile)).toBe(false);
  });

  test('works with privilege separation, and again changes nothing', async () => {
    await lab.bring('bootstrapAccess', { privilegeSeparation: true });
    expect(tokens()).toMatchObject([{ privilegeSeparation: true }]);
    expect(access().acl.filter(({ subject }) => subject === tokenId).length).toBe(version === '9' ? 3 : 2);
    expect(stepIds(await lab.plan('bootstrapAccess', { privilegeSeparation: true }))).toEqual([]);
  });
});

test('bootstrap with a narrower profile takes away what the wider one made, and a second run changes nothing', async () => {
  const lab = await startLab(untouched('9'), { access: 'import_storage: local' });
  try {
    await lab.bring('bootstrapAccess', { privilegeSeparation: true });
    const { access, pools } = lab.simulator.control.cluster;
    const narrow = { profile: 'evacuation', privilegeSeparation: true } as const;
    await lab.bring('bootstrapAccess', narrow);
    expect([...(access.roles.get('ClaudeCodeManager')?.privileges ?? [])].sort()).toEqual([
      ...['Datastore.Audit', 'Sys.Audit', 'VM.Audit', 'VM.Migrate'],
    ]);
    expect(access.roles.has('ClaudeCodeManagerBuilds')).toBe(false);
    expect(pools.size).toBe(0);
    expect(access.acl.map(({ path, subject }) => `${path} ${subject}`)).toEqual([
      `/ ${user}`,
      `/ ${tokenId}`,
    ]);
    expect(stepIds(await lab.plan('bootstrapAccess', narrow))).toEqual([]);
  } finally {
    await lab.close();
  }
});

test('bootstrap leaves the pool of builds while a guest is in it', async () => {
  const guest = { vmid: 100, name: 'test-clone', node: 'pve01', pool: 'pxm-builds' };
  const comment = 'Made by proxmox-manager for cluster lab';
  const lab = await startLab(untouched('9', { pools: [{ id: 'pxm-builds', comment }], guests: [guest] }));
  try {
    const plan = await lab.bring('bootstrapAccess', { profile: 'read' });
    expect(plan.items.find(({ what }) => what === 'pool pxm-builds')).toEqual({
      what: 'pool pxm-builds',
      state: 'leave',
      details: ['it is not empty (members: 1)'],
    });
    expect(lab.simulator.control.cluster.pools.has('pxm-builds')).toBe(true);
  } finally {
    await lab.close();
  }
});

describe('a bootstrap', () => {
  let lab: AccessLab;
  beforeEach(async () => {
    lab = await startLab(untouched('8.4'));
  });
  afterEach(async () => lab.close());

  const tokens = () => [...(lab.simulator.control.cluster.access.users.get(user)?.tokens.values() ?? [])];

  test('that is cut after the token was made makes another one, never two', async () => {
    const plan = await lab.plan('bootstrapAccess');
    const steps = plan.steps.slice(0, -1);
    await lab.perform({ ...plan, steps });
    lab.simulator.control.faultCommand(
      { line: 'pveum user token add*' },
      { moment: 'before answering', then: 'drop' },
    );
    await expect(lab.perform(plan)).rejects.toThrow(/cut in the middle/);
    const lost = tokens()[0]?.secret;
    expect(existsSync(lab.tokenFile)).toBe(false);
    await lab.perform(plan);
    expect(tokens()).toHaveLength(1);
    expect(tokens()[0]?.secret).not.toBe(lost);
    expect(readFileSync(lab.tokenFile, 'utf8')).toContain(tokens()[0]?.secret ?? 'none');
  });

  test('whose token one node refuses leaves the stored one alone and takes the new one back', async () => {
    const before = 'root@pam!other\n11111111-1111-1111-1111-111111111111\n';
    writeFileSync(lab.tokenFile, before, { mode: 0o600 });
    const plan = await lab.plan('bootstrapAccess');
    lab.simulator.control.faultRequest(
      { node: 'pve03', path: '/version', times: 100 },
      { moment: 'before handling', then: { status: 401, reason: 'invalid token value!' } },
    );
    await expect(lab.perform(plan)).rejects.toThrow(/refused by pve03/);
    expect(readFileSync(lab.tokenFile, 'utf8')).toBe(before);
    expect(existsSync(`${lab.tokenFile}.new`)).toBe(false);
    expect(tokens()).toEqual([]);
  });

  test('goes on where one node does not answer, and says so', async () => {
    await lab.simulator.control.crashNode('pve01');
    const plan = await lab.plan('bootstrapAccess');
    expect(plan.node).toBe('pve02');
    const results = await lab.perform(plan);
    expect(results.flatMap(({ warnings }) => warnings)).toEqual([
      `pve01 did not answer: ${tokenId} was not tried there.`,
    ]);
  });

  test('does each step only once, also if it is asked for twice', async () => {
    const plan = await lab.bring('bootstrapAccess');
    const results = await lab.perform(plan);
    expect(results.every(({ outcome }) => outcome === 'kept')).toBe(true);
    const adds = lab.simulator.control.commands().filter(({ line }) => line.includes('token add'));
    expect(adds).toHaveLength(1);
  });

  test('shows the secret in no command line', async () => {
    await lab.bring('bootstrapAccess');
    const secret = tokens()[0]?.secret ?? 'none';
    expect(JSON.stringify(lab.simulator.control.commands())).not.toContain(secret);
  });
});

test('bootstrap keeps a role and a token that the seed made, and changes what differs', async () => {
  const lab = await startLab(
    untouched('8.4', {
      access: {
        users: [{ id: user, tokens: [{ id: 'automation', secret: '22222222-2222-2222-2222-222222222222' }] }],
        roles: [{ id: 'ClaudeCodeManager', privileges: ['VM.Allocate', 'Sys.Console'] }],
        acl: [{ path: '/', user, role: 'ClaudeCodeManager' }],
      },
    }),
  );
  writeFileSync(lab.tokenFile, `${tokenId}\n22222222-2222-2222-2222-222222222222\n`, { mode: 0o600 });
  const plan = await lab.bring('bootstrapAccess');
  expect(stepIds(plan)).toEqual(['role-ClaudeCodeManager']);
  expect(lab.simulator.control.cluster.access.roles.get('ClaudeCodeManager')?.privileges.has('SDN.Use')).toBe(
    true,
  );
  const undo = await lab.plan('undoAccess');
  expect(stepIds(undo)).toEqual([]);
  await lab.close();
});
