import { useCleanUp } from '../../proxmox/support';
import { profile, role } from './given';
import { clusterLab } from './lab';

const clean = useCleanUp();

/** Two machines, one on each of two nodes. */
const more = {
  roles: [role({ placement: { strategy: 'pinned', nodes: ['pve01', 'pve02'], antiAffinity: 'hard' } })],
};

test('snippets that a profile names have to be on each node that machines come to; a shared storage is asked once', async () => {
  const volid = 'local:snippets/k3s.yaml';
  const path = '/var/lib/vz/snippets/k3s.yaml';
  const lab = await clusterLab(clean, {
    scenario: {
      storages: [
        { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
        { id: 'local', type: 'dir', content: ['iso', 'snippets'], path: '/var/lib/vz' },
        { id: 'nas', type: 'nfs', content: ['images', 'snippets'], path: '/mnt/pve/nas' },
      ],
    },
    more: { ...more, cloudinit: { sshKeys: [], vendorData: volid } },
  });
  const { control } = lab.simulator;
  const lists = () => control.requests().flatMap((it) => (it.path.endsWith('/content') ? it.path : []));
  control.files('pve01').write(path, Buffer.from('#cloud-config\n'), 0o644);
  await expect(lab.plan({ dryRun: true })).rejects.toMatchObject({
    problem: { code: 'InputInvalid', failed: `${volid} is not on pve02: no machine starts there` },
  });
  expect(lists().toSorted()).toEqual([
    '/nodes/pve01/storage/local/content',
    '/nodes/pve02/storage/local/content',
  ]);
  control.files('pve02').write(path, Buffer.from('#cloud-config\n'), 0o644);
  const { plan } = await lab.plan();
  expect(plan.warnings.join()).not.toContain(volid);
  expect((await lab.check(plan)).changes).toEqual([]);
  control.files('pve01').remove(path);
  expect((await lab.check(plan)).changes).toEqual([`${volid} is not on pve01: no machine starts there.`]);

  const asked = lists().length;
  const shared = { sshKeys: [], userData: 'nas:snippets/k3s.yaml' };
  lab.profile = profile({ ...more, cloudinit: shared });
  await expect(lab.plan({ dryRun: true })).rejects.toMatchObject({
    problem: { failed: 'nas:snippets/k3s.yaml is not on pve01 and pve02: no machine starts there' },
  });
  expect(lists().slice(asked)).toEqual(['/nodes/pve01/storage/nas/content']);
  lab.profile = profile({ ...more, cloudinit: { ...shared, userData: 'no:snippets/k3s.yaml' } });
  await expect(lab.plan({ dryRun: true })).rejects.toMatchObject({
    problem: {
      failed: expect.stringContaining('on pve01 and pve02 (there is no storage no)') as string,
      remedy: 'Correct no:snippets/k3s.yaml in the profile, under cloudinit; then make a new plan.',
    },
  });
});

test('where nothing tells whether a snippet is there the plan warns, with why, and holds', async () => {
  const lab = await clusterLab(clean, {
    scenario: {
      access: {
        users: [{ id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] }],
        acl: [
          { path: '/', user: 'admin@pve', role: 'Administrator' },
          { path: '/storage/local', user: 'admin@pve', role: 'PVEDatastoreUser' },
        ],
      },
    },
    more: {
      ...more,
      cloudinit: { sshKeys: [], vendorData: 'local:snippets/k3s.yaml', userData: 'nas:snippets/user.yaml' },
    },
  });
  const { plan } = await lab.plan();
  const warnings = plan.warnings.join();
  expect(warnings).toContain(
    'local:snippets/k3s.yaml is on pve01 and pve02: the token is shown no snippets (Datastore.Allocate on /storage/local)',
  );
  expect(warnings).toContain(
    'nas:snippets/user.yaml is on pve01 and pve02: the storage nas does not take the content snippets',
  );
  expect((await lab.check(plan)).changes).toEqual([]);
});
