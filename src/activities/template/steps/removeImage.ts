import type { CopyStepArguments, TaskBegun } from '../../../domain/template/step';
import { storageOf } from '../../../planning/volumes';
import { deleteVolume } from '../../../proxmox/api/build';
import { storageContent } from '../../../proxmox/api/node';
import type { ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { imageVolume } from './build';

/**
 * Removes the downloaded image of a copy. Its name is made of its content, so a late duplicate can remove nothing but
 * the same image again; a build that needs it downloads it first.
 */
export async function removeImage(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { plan, node }: CopyStepArguments,
): Promise<TaskBegun> {
  const volume = imageVolume(plan, node);
  if (volume === undefined) return { kind: 'done' };
  const storage = storageOf(volume);
  const options = { signal: attempt.signal };
  const listed = await storageContent(client, { node, storage }, options);
  if (!listed.some(({ volid }) => volid === volume)) return { kind: 'done' };
  attempt.requireAlive();
  const upid = await deleteVolume(client, { node, storage, volume }, options);
  return upid === undefined ? { kind: 'done' } : { kind: 'started', upid };
}
