import type { GuestFacts } from '../facts';
import { groupsOf } from '../likeness';
import { compareText } from '../words';
import { roomOf } from '../volumes';

/** One guest that is to be placed. */
export interface Load {
  readonly guest: GuestFacts;
  /** What it takes on the target while it runs there; 0 if it is stopped. */
  readonly memoryBytes: number;
  /** Room that its local volumes take, by storage. */
  readonly storageBytes: ReadonlyMap<string, number>;
  readonly groups: readonly string[];
}

/** What a guest takes on a target. */
export function loadOf(guest: GuestFacts): Load {
  const storageBytes = new Map<string, number>();
  const volumes = [...(guest.preconditions?.localVolumes ?? [])].sort((a, b) =>
    compareText(a.volume, b.volume),
  );
  for (const volume of volumes) {
    const before = storageBytes.get(volume.storage) ?? 0;
    storageBytes.set(volume.storage, before + roomOf(volume, guest.memoryBytes));
  }
  return {
    guest,
    memoryBytes: guest.running ? guest.memoryBytes : 0,
    storageBytes,
    groups: groupsOf(guest),
  };
}
