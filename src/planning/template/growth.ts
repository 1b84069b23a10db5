import { ManagerError, problem } from '../../domain/errors';
import { formatBytes } from '../../domain/rendering/sizes';
import type { TemplatePlanInput } from './planInput';

/**
 * Throws InputInvalid where the disk is to become smaller than its image: Proxmox does not shrink disks. Only of an
 * unpacked raw image the size of the disk is known before it is downloaded.
 */
export function requireGrowth({ recipe, request, source }: TemplatePlanInput): void {
  const { diskBytes } = recipe;
  if (diskBytes === undefined || source.kind !== 'image') return;
  const { format, compression, sizeBytes = 0 } = source;
  if (format !== 'raw' || compression !== undefined || diskBytes >= sizeBytes) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `plan the template ${request.name ?? request.runbook}`,
      failed: `its disk is to have ${formatBytes(diskBytes)}, its image has ${formatBytes(sizeBytes)}: Proxmox does not shrink disks`,
      remedy: `Ask for a disk of at least ${formatBytes(sizeBytes)} (the runbook's parameter for its size).`,
    }),
  );
}
