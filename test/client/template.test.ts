import { proxmoxVersions, smallCluster } from '../e2e/support/scenario';
import { marker } from '../planning/template/given';
import { openReadingLab, type ReadingLab } from './support/readingLab';
import { copyGuest, linkedClone, templateStorages, unfinishedGuest } from './support/templateGuests';

const alpine = { name: 'alpine', runbook: 'alpine-3', source: 'https://images.example/alpine.qcow2' };

/** Two versions of debian-13 on local files, one of alpine on a shared storage, one of rocky on LVM-thin, and strangers. */
const guests = [
  copyGuest(100, 'pve01', 1, { marker: { made: '2026-10-01T00:00:00.000Z' } }),
  copyGuest(101, 'pve01', 2),
  copyGuest(102, 'pve02', 2),
  unfinishedGuest(103, 'pve03'),
  linkedClone(200, 'pve01', 100),
  linkedClone(201, 'pve01', 100),
  copyGuest(110, 'pve02', 1, {
    name: 'alpine',
    marker: alpine,
    config: { scsi0: 'nfs:110/base-110-disk-0.qcow2,size=1G' },
  }),
  copyGuest(120, 'pve01', 4, {
    name: 'rocky-9',
    marker: { name: 'rocky-9', runbook: 'rocky-9' },
    config: { scsi0: 'local-lvm:base-120-disk-0,size=4G' },
  }),
  {
    ...copyGuest(900, 'pve01', 1, { name: 'by-hand' }),
    config: { memory: 512, template: 1, scsi0: 'files:900/base-900-disk-0.qcow2,size=1G' },
  },
  copyGuest(901, 'pve02', 2, { name: 'a-clone', marker: { vmid: 101 } }),
];

describe.each(proxmoxVersions)('looking at templates on Proxmox VE %s', (version) => {
  let lab: ReadingLab;
  beforeAll(async () => {
    lab = await openReadingLab(smallCluster(version, guests, { storages: templateStorages }));
  });
  afterAll(() => lab.close());

  it('lists each with the version in force, its nodes, image, older versions and what is unfinished', async () => {
    const { exitCode, stdout, stderr } = await lab.pxm('template', 'list');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^debian-13 +version 2 +pve01,pve02 +debian-13-genericcloud-amd64\.qcow2 .* debian-13 +1 +pve03 +103$/m,
    );
    expect(stdout).toMatch(/^alpine +version 1 +pve02 \(shared\) +alpine\.qcow2 .* alpine-3$/m);
    expect(stdout).toMatch(/^rocky-9 +version 4 +pve01 .* rocky-9 +pve02,pve03$/m);
    expect(stderr).toContain('Not made by proxmox-manager: 900 by-hand on pve01.');
    expect(stderr).toContain('901 a-clone on pve02: its marker is that of another guest');
  });

  it('gives the same to programs', async () => {
    const { document } = await lab.json('template', 'list');
    expect(document).toMatchObject({
      cluster: 'lab',
      via: 'direct',
      exitCode: 0,
      unanswered: [],
      templates: [
        { name: 'alpine', isShared: true, lackingOn: [], versions: [{ generation: 1 }] },
        {
          name: 'debian-13',
          isShared: false,
          lackingOn: ['pve03'],
          versions: [
            { generation: 2, copies: [{ vmid: 101, node: 'pve01' }, { vmid: 102 }] },
            { generation: 1, copies: [{ vmid: 100, marker: { digest: marker().digest } }] },
          ],
          unfinished: [{ vmid: 103, isTemplate: false }],
        },
        { name: 'rocky-9' },
      ],
      strangers: [
        { vmid: 900, marker: 'none' },
        { vmid: 901, marker: 'copied' },
      ],
    });
  });

  it('shows where every version of one comes from', async () => {
    const { exitCode, stdout } = await lab.pxm('template', 'show', 'debian-13');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Version 2, in force');
    expect(stdout).toContain(`image      ${marker().source}`);
    expect(stdout).toContain(`digest     ${marker().digest}`);
    expect(stdout).toContain('by create-template/lab/debian-13');
    expect(stdout).toMatch(/pve01 +100 +debian-13 +200,201 +files:100\/base-100-disk-0\.qcow2/);
    expect(stdout).toContain('Not on: pve03.');
    expect(stdout).toMatch(/pve03 +103 +debian-13-v3-5d2f9c1e +no template yet/);
    expect(stdout).not.toContain('alpine');
  });

  it('says which node has which version, and what was cloned from it', async () => {
    const { exitCode, stdout } = await lab.pxm('template', 'status');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^alpine +pve02 +in force for all +1 +110 +none$/m);
    expect(stdout).toMatch(/^debian-13 +pve01 +in force +2 +101 +none$/m);
    expect(stdout).toMatch(/^debian-13 +pve02 +in force +2 +102 +none$/m);
    expect(stdout).toMatch(/^debian-13 +pve03 +lacks it +- +-$/m);
    expect(stdout).toMatch(/^debian-13 +pve01 +older +1 +100 +200,201$/m);
    expect(stdout).toMatch(/^debian-13 +pve03 +unfinished +- +103 +none$/m);
    expect(stdout).toMatch(/^rocky-9 +pve01 +in force +4 +120 +not told by LVM-thin$/m);
    const { stdout: one } = await lab.pxm('template', 'status', 'alpine');
    expect(one).not.toContain('debian-13');
  });

  it('finds nothing broken where nothing is, and warns of what is unfinished', async () => {
    const { exitCode, stdout } = await lab.pxm('template', 'verify', 'alpine');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'alpine: 1 version on 1 guest: all as it should be.\n',
    });
    const debian = await lab.pxm('template', 'verify', 'debian-13');
    expect(debian.exitCode).toBe(0);
    expect(debian.stdout).toContain('VM 103 on pve03: it was begun by create-template/lab/debian-13');
    expect(debian.stdout).toContain('debian-13: 2 versions on 3 guests: 0 broken, 1 warning.');
  });

  it('names the nearest name for one that there is not, with exit 2', async () => {
    for (const command of ['show', 'status', 'verify', 'retire', 'refresh']) {
      const { exitCode, stderr } = await lab.pxm('template', command, 'debian-31');
      expect(exitCode).toBe(2);
      expect(stderr).toContain('Did you mean debian-13?');
    }
  });

  it('tells a template that somebody else made from one that is not there', async () => {
    const { exitCode, stderr } = await lab.pxm('template', 'show', 'by-hand');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('VM 900 on pve01 is called so, but was not made by proxmox-manager');
  });
});

describe('pxm template verify', () => {
  const broken = [
    copyGuest(101, 'pve01', 2),
    copyGuest(102, 'pve02', 2, { marker: { digest: `sha512:${'b'.repeat(128)}` } }),
    copyGuest(103, 'pve03', 2, { config: { scsi0: 'files:103/vm-103-disk-0.qcow2,size=4G' } }),
    copyGuest(104, 'pve03', 1, { config: { template: 0 } }),
    copyGuest(105, 'pve02', 1, { name: 'renamed' }),
    copyGuest(106, 'pve02', 3, { config: { description: changedDescription(106) } }),
  ];
  let lab: ReadingLab;
  beforeAll(async () => {
    lab = await openReadingLab(smallCluster('9', broken, { storages: templateStorages }));
    const gone = 'files:101/base-101-disk-9.qcow2,size=1G';
    lab.simulator.control.setGuest(101, { config: { scsi1: gone } });
  });
  afterAll(() => lab.close());

  it('names every fault with what to do, and exits 1', async () => {
    const { exitCode, document } = await lab.json('template', 'verify', 'debian-13');
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({
      exitCode: 1,
      faults: [
        { status: 'failed', where: 'version 2', what: expect.stringContaining('different images') as string },
        {
          status: 'failed',
          where: 'VM 101 on pve01',
          what: expect.stringContaining('does not exist') as string,
        },
        {
          status: 'failed',
          where: 'VM 103 on pve03',
          what: expect.stringContaining('no base volume') as string,
        },
        { status: 'warning', where: 'VM 105 on pve02', what: 'it is called renamed, not debian-13' },
        {
          status: 'failed',
          where: 'VM 104 on pve03',
          what: 'it is version 1 by its marker, but Proxmox does not count it as a template',
          remedy: expect.stringContaining('qm template 104 (on pve03)') as string,
        },
        {
          status: 'failed',
          where: 'VM 106 on pve02',
          what: expect.stringContaining('has changed the marker') as string,
        },
      ],
    });
    const { stdout } = await lab.pxm('template', 'verify', 'debian-13');
    expect(stdout).toContain('-> Make a new version: pxm template create debian-13 --rebuild');
    expect(stdout).toContain('debian-13: 2 versions on 4 guests: 5 broken, 1 warning.');
  });

  it('looks at what answers where a node does not, names that one, and exits 1', async () => {
    await lab.simulator.control.crashNode('pve03');
    const { exitCode, stderr, stdout } = await lab.pxm('template', 'list');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('No answer from pve03');
    expect(stdout).toMatch(/^debian-13 +version 2 +pve01,pve02 /m);
    const verified = await lab.pxm('template', 'verify', 'debian-13');
    expect(verified.exitCode).toBe(1);
    expect(verified.stdout).toContain('; pve03 gave no answer and was not looked at.');
  });

  it('does not call all of it right where a node was not looked at', async () => {
    const whole = await openReadingLab(
      smallCluster('9', [copyGuest(101, 'pve01', 1)], { storages: templateStorages }),
    );
    try {
      const verify = () => whole.pxm('template', 'verify', 'debian-13');
      expect((await verify()).stdout).toContain('debian-13: 1 version on 1 guest: all as it should be.');
      await whole.simulator.control.crashNode('pve03');
      expect(await verify()).toMatchObject({
        exitCode: 1,
        stdout: expect.stringContaining(
          'nothing is wrong with what was seen; pve03 gave no answer and was not looked at.',
        ) as string,
      });
    } finally {
      await whole.close();
    }
  });
});

/** A description whose marker somebody has changed by hand. */
function changedDescription(vmid: number): string {
  const { config } = copyGuest(vmid, 'pve01', 3);
  return String(config?.['description']).replace('product: 0.1.0', 'product: mine');
}
