import type { PlannedMove } from '../domain/evacuationPlan';
import type { MoveProof } from '../domain/moveProof';
import type { TaskEnded } from '../domain/taskWatch';

/**
 * What an evacuation keeps of each guest that it tried to move. It travels through continue-as-new, whose one
 * payload may have 2 MB for 1,000 guests: so only what the report needs.
 */
export interface MoveResult {
  readonly move: Pick<PlannedMove, 'vmid' | 'name' | 'kind' | 'source' | 'target' | 'mode'>;
  readonly proof?: MoveProof;
  readonly copiedBytes?: number;
  readonly downtimeMs?: number;
}

/** The result of a move so far. */
export function moveResult(move: PlannedMove, proof?: MoveProof, ended?: TaskEnded): MoveResult {
  const { vmid, name, kind, source, target, mode } = move;
  return {
    move: { vmid, name, kind, source, target, mode },
    ...(proof === undefined ? {} : { proof }),
    ...(ended?.copiedBytes === undefined ? {} : { copiedBytes: ended.copiedBytes }),
    ...(ended?.downtimeMs === undefined ? {} : { downtimeMs: ended.downtimeMs }),
  };
}
