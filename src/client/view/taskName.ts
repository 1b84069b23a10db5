import type { TaskProgress } from '../../domain/progress';
import type { OperationSnapshot } from '../operations/snapshot';

/** What a running task is called: by its guest in an evacuation, by the title of its step in any other operation. */
export function taskName({ type, progress }: OperationSnapshot, { upid, vmid }: TaskProgress): string {
  const step = type === 'evacuateNode' ? undefined : progress?.steps.find((it) => it.upid === upid);
  return step?.title ?? `${vmid}`;
}
