import { proxmoxVersions, sharedGuest, smallCluster, testToken } from '../e2e/support/scenario';
import { openReadingLab, type ReadingLab } from './support/readingLab';

const ranges = 'vmid_ranges: { templates: 900-901, vms: 1000-1003 }';
const guests = [
  sharedGuest(900, { status: 'stopped', config: { memory: 512, template: 1 } }),
  sharedGuest(901, { status: 'stopped' }),
  sharedGuest(1000),
  { vmid: 1001, type: 'lxc' as const, node: 'pve03', config: { memory: 512 } },
  sharedGuest(1003),
];

describe.each(proxmoxVersions)('pxm next-vmid on Proxmox VE %s', (version) => {
  let lab: ReadingLab;
  const next = (range: string) => ['next-vmid', '--range', range];

  afterEach(() => lab.close());

  it('prints the lowest VMID that no virtual machine and no container has, and nothing else', async () => {
    lab = await openReadingLab(smallCluster(version, guests), { more: ranges });
    const { exitCode, stdout, stderr } = await lab.pxm(...next('vms'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '1002\n' });
    expect(stderr).toMatch(
      /^The ledger could not be asked \(nothing answers at .*\): .* counts as free\.\n$/,
    );
    expect((await lab.json(...next('vms'))).document).toMatchObject({
      range: 'vms',
      first: 1000,
      last: 1003,
      vmid: 1002,
      ledger: { asked: false },
      exitCode: 0,
    });
  });

  it('says that a range is full, with exit 1 and no number', async () => {
    lab = await openReadingLab(smallCluster(version, guests), { more: ranges });
    const { exitCode, stdout, stderr } = await lab.pxm(...next('templates'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('the range 900-901 is full');
    expect(stderr).toContain('Widen vmid_ranges.templates');
  });

  it('never gives away the VMID of a guest that the token may not see', async () => {
    lab = await openReadingLab(
      smallCluster(version, guests, {
        access: {
          users: [{ id: 'claude-code@pve', tokens: [{ id: 'automation', secret: testToken.secret }] }],
          acl: [
            { path: '/', user: 'claude-code@pve', role: 'PVEAuditor', propagate: false },
            { path: '/vms/1000', user: 'claude-code@pve', role: 'PVEAuditor' },
          ],
        },
      }),
      { more: ranges },
    );
    const seen = await lab.json('guests');
    expect(seen.document).toMatchObject({
      guests: [{ vmid: 1000 }],
      warnings: [expect.stringContaining('What is shown may be incomplete: the token lacks') as string],
    });
    expect((await lab.pxm(...next('vms'))).stdout).toBe('1002\n');
  });

  it('asks for a range that there is: exit 2 for a typo, none, or one that the configuration lacks', async () => {
    lab = await openReadingLab(smallCluster(version, guests), { more: 'vmid_ranges: { vms: 1000-1003 }' });
    const typo = await lab.pxm(...next('template'));
    expect(typo.exitCode).toBe(2);
    expect(typo.stderr).toContain('Did you mean templates?');
    expect((await lab.pxm('next-vmid')).exitCode).toBe(2);
    const lacking = await lab.pxm(...next('templates'));
    expect(lacking.exitCode).toBe(2);
    expect(lacking.stderr).toContain('has no vmid_ranges.templates');
  });
});
