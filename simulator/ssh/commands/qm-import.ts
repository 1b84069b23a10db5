import { isQuorate } from '../../cluster/quorum';
import { plainInside } from '../../cluster/boot';
import type { GuestInside } from '../../cluster/guest-inside';
import type { GuestState } from '../../cluster/guests';
import { fail } from '../../http/errors';
import type { RawValue } from '../../http/parameters';
import { machineOnNode } from '../../qemu/machine';
import { allocateImage } from '../../storage/allocate';
import type { StorageOperation } from '../../storage/cluster-lock';
import { copyWithProgress } from '../../storage/copy-progress';
import { usableStorage } from '../../storage/storage-access';
import { volumePath } from '../../storage/volume-names';
import { textOf, type LocalCommand } from '../cli/tool';
import type { CommandContext } from '../shell/context';

/** `qm disk import VMID SOURCE STORAGE`: copies an image file into a new unused disk (recording g1). */
export const importDisk: LocalCommand = {
  options: { format: { type: 'string' }, 'target-disk': { type: 'string' } },
  run: async (context, values) => {
    const guest = machineFor(context, values);
    const source = textOf(values.get('source'));
    const image = sourceImage(context, source);
    const operation = consoleOperation(context);
    const storage = usableStorage(context.cluster, textOf(values.get('storage')), context.node.name);
    context.out(`importing disk '${source}' to VM ${guest.vmid} ...\n`);
    const volume = await allocateImage(operation, {
      storage: storage.id,
      vmid: guest.vmid,
      format: textOf(values.get('format')) || 'raw',
      sizeBytes: image.sizeBytes,
      usedBytes: image.usedBytes,
    });
    await copyWithProgress(operation, image);
    volume.inside = image.inside;
    const key = textOf(values.get('target-disk')) || freeUnused(guest);
    guest.config.set(key, volume.volid);
    context.out(`${key}: successfully imported disk '${volume.volid}'\n`);
    return 0;
  },
};

/** The machine that a command names, on this node. */
export function machineFor(context: CommandContext, values: ReadonlyMap<string, RawValue>): GuestState {
  return machineOnNode(context.cluster, context.node.name, Number(textOf(values.get('vmid'))));
}

/** The image at a path: a volume of a storage of files, or any other file. */
function sourceImage(
  { cluster, node, files }: CommandContext,
  source: string,
): { readonly sizeBytes: number; readonly usedBytes: number; readonly inside: GuestInside } {
  for (const storage of cluster.storages.values()) {
    for (const volume of cluster.volumes.onStorage(storage, node.name)) {
      if (volumePath(storage, volume.volid) !== source) continue;
      const { usedBytes, inside = plainInside } = volume;
      return { sizeBytes: volume.virtualSizeBytes ?? volume.sizeBytes, usedBytes, inside };
    }
  }
  if (!files.exists(source) || files.stat(source).kind !== 'file') {
    fail(`${source}: non-existent or non-regular file`);
  }
  const { sizeBytes } = files.stat(source);
  return { sizeBytes, usedBytes: sizeBytes, inside: plainInside };
}

/** What a storage does for a command: it logs on the standard output. */
function consoleOperation({ cluster, node, out }: CommandContext): StorageOperation {
  return {
    cluster,
    node: node.name,
    worker: undefined,
    canWrite: isQuorate(cluster, node),
    log: (text) => out(text === '' ? '' : `${text}\n`),
    sleep: (seconds) => cluster.clock.sleep(seconds),
  };
}

function freeUnused({ config }: GuestState): string {
  for (let index = 0; ; index += 1) if (!config.has(`unused${index}`)) return `unused${index}`;
}
