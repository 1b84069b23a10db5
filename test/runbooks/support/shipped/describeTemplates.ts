import type { Seen } from './describeRuns';
import { templateRuns } from './runs';
import { publicKey, type ShippedOutcome } from './stage';

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const efi = { bios: 'ovmf', efidisk0: like(/^local-lvm:base-\d+-disk-\d,.*pre-enrolled-keys=0/) };
const imported = (size: string) => ({
  scsi0: like(
    new RegExp(`^local-lvm:base-\\d+-disk-\\d,(?=.*discard=on)(?=.*iothread=1)(?=.*ssd=1).*size=${size}\\b`),
  ),
});
const machine = {
  ...{ machine: 'q35', cpu: 'host', scsihw: 'virtio-scsi-single', ostype: 'l26', template: '1' },
  net0: like(/^virtio=.*,bridge=vmbr0/),
};
const cloudinit = {
  scsi1: like(/cloudinit/),
  ...{ ciuser: 'ada', ipconfig0: 'ip=dhcp', serial0: 'socket', vga: 'serial0', agent: 'enabled=1' },
  sshkeys: encodeURIComponent(publicKey),
};

/** What differs from the cloud images of common distributions. */
const special: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  flatcar: {
    ...machine,
    ...efi,
    ...imported('16G'),
    scsi1: like(/cloudinit/),
    sshkeys: encodeURIComponent(publicKey),
  },
  'from-vm': { template: '1', scsi0: like(/^local-lvm:base-\d+-disk-\d,.*size=4G/), memory: '1024' },
  'generic-qcow2': { ...machine, ...efi, ...imported('32G'), agent: 'enabled=1' },
  'generic-raw': { ...machine, ...imported('32G'), bios: 'seabios', agent: 'enabled=0' },
  'iso-install': { ...machine, ...efi, ...imported('32G'), agent: 'enabled=1', boot: 'order=scsi0' },
  'ova-import': { ...machine, ...imported('32G'), bios: 'seabios', agent: 'enabled=0' },
  talos: { ...machine, ...efi, ...imported('10G'), scsi1: like(/cloudinit/), ipconfig0: 'ip=dhcp' },
};
const sizes: Readonly<Record<string, string>> = {
  ...{ alpine: '4G', 'almalinux-9': '16G', 'rocky-9': '16G', 'opensuse-leap': '24G' },
  ...{ 'debian-12': '8G', 'debian-13': '8G' },
};
const moreTags: Readonly<Record<string, readonly string[]>> = {
  flatcar: ['cloudinit'],
  talos: ['kubernetes', 'talos'],
};

/** What runbooks that make templates leave behind. */
export function describeTemplates(seen: Seen): void {
  const runbooks = templateRuns.map(({ runbook }) => runbook);
  const clouds = runbooks.filter((it) => special[it] === undefined);

  test.each(runbooks)('%s makes a template by its steps, as the conventions want it', async (runbook) => {
    const { report, vmid, node } = await seen.outcome(runbook);
    expect(report).toMatchObject({ outcome: 'done', decisions: runbook === 'iso-install' ? [{}] : [] });
    expect(outcomesOf(report, false)).toEqual(new Set(['done']));
    const guest = seen.stage().stage.lab.simulator.control.guest(vmid);
    expect(guest).toMatchObject({
      ...{ node, status: 'stopped', lock: undefined },
      config: special[runbook] ?? {
        ...{ ...machine, ...efi, ...cloudinit, ...imported(sizes[runbook] ?? '10G') },
        cicustom: `vendor=local:snippets/${runbook}-vendor.yaml`,
      },
    });
    const tags = guest.config['tags']?.split(/[;,]/).toSorted();
    const expected = clouds.includes(runbook) ? ['cloudinit'] : (moreTags[runbook] ?? []);
    expect(tags).toEqual([...expected, 'template'].toSorted());
    expect(Object.keys(guest.config)).not.toContain('sata0');
  });

  test.each(runbooks)('%s leaves no image behind, and removes nothing else', async (runbook) => {
    const { report, vmid } = await seen.outcome(runbook);
    const { control } = seen.stage().stage.lab.simulator;
    const left = control.cluster.volumes.all().filter(({ volid }) => volid.includes(`-${vmid}.`));
    expect(left).toEqual([]);
    const cleanup = report.steps.flatMap(({ id, isCleanup, outcome }) => (isCleanup ? [[id, outcome]] : []));
    const untouched = [['remove-vm', 'notBegun']];
    expect(cleanup.filter(([id]) => id !== 'stop-vm')).toEqual(
      runbook === 'from-vm' ? untouched : [...untouched, ['remove-image', 'done']],
    );
  });

  test.each(clouds)('%s writes the vendor snippet on every node', async (runbook) => {
    await seen.outcome(runbook);
    const { simulator } = seen.stage().stage.lab;
    for (const { name } of simulator.nodes) {
      const text = simulator.control
        .files(name)
        .read(`/var/lib/vz/snippets/${runbook}-vendor.yaml`)
        .toString();
      expect(text).toMatch(/^#cloud-config\npackages:\n {2}- qemu-guest-agent\nruncmd:\n/);
    }
  });

  test('from-vm leaves the machine that it copies as it is', async () => {
    await seen.outcome('from-vm');
    const source = seen.stage().stage.lab.simulator.control.guest(103);
    expect(source).toMatchObject({ status: 'stopped', name: 'app-103' });
    expect(source.config['template']).toBeUndefined();
  });
}

function outcomesOf({ steps }: ShippedOutcome['report'], isCleanup: boolean): ReadonlySet<string> {
  return new Set(steps.filter((it) => (it.isCleanup ?? false) === isCleanup).map(({ outcome }) => outcome));
}
