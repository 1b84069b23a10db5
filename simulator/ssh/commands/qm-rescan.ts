import { drivesOf } from '../../cluster/drives';
import { isTemplate, type GuestState } from '../../cluster/guests';
import { formatSize } from '../../cluster/sizes';
import { guestsOfNode } from '../../cluster/state';
import { driveText, readDrive, withSize } from '../../qemu/drive-values';
import { keepAsUnused } from '../../qemu/unused-drives';
import { isOwnedBy } from '../../storage/volume-names';
import { textOf, type LocalCommand } from '../cli/tool';
import type { CommandContext } from '../shell/context';
import { machineFor } from './qm-import';

/** `qm disk rescan [--vmid] [--dryrun]`: what no configuration names becomes unused<n>, sizes are set right (behaviour.md 11.2). */
export const rescanDisks: LocalCommand = {
  options: { vmid: { type: 'integer' }, dryrun: { type: 'boolean' } },
  run: (context, values) => {
    const { cluster, node, out } = context;
    const dryRun = textOf(values.get('dryrun')) === '1';
    if (dryRun) out("NOTE: running in dry-run mode, won't write changes out!\n");
    out('rescan volumes...\n');
    const guests = values.has('vmid')
      ? [machineFor(context, values)]
      : guestsOfNode(cluster, node.name).filter(({ type }) => type === 'qemu');
    for (const guest of guests) rescan(context, guest, dryRun);
    return 0;
  },
};

function rescan({ cluster, node, out }: CommandContext, guest: GuestState, dryRun: boolean): void {
  const named = new Set<string>();
  for (const config of [guest.config, ...[...guest.snapshots.values()].map((snapshot) => snapshot.config)]) {
    for (const { file } of drivesOf(config)) named.add(file);
    named.add(config.get('vmstate') ?? '');
  }
  for (const { key, file, sizeBytes } of drivesOf(guest.config)) {
    const volume = cluster.volumes.find(file, node.name);
    if (volume === undefined || key.startsWith('unused') || sizeBytes === 0 || volume.sizeBytes === sizeBytes)
      continue;
    const sizes = `from ${formatSize(sizeBytes)} to ${formatSize(volume.sizeBytes)}`;
    out(`VM ${guest.vmid} (${key}): size of disk '${file}' updated ${sizes}\n`);
    if (!dryRun)
      guest.config.set(
        key,
        driveText(withSize(readDrive(key, guest.config.get(key) ?? ''), volume.sizeBytes)),
      );
  }
  if (isTemplate(guest)) return;
  for (const volume of cluster.volumes.all()) {
    const isHere = volume.node === undefined || volume.node === node.name;
    if (!isHere || !isOwnedBy(volume, guest.vmid) || named.has(volume.volid)) continue;
    const key = dryRun ? 'unused' : keepAsUnused(guest, volume.volid);
    out(`VM ${guest.vmid} add unreferenced volume '${volume.volid}' as '${key}' to config\n`);
  }
}
