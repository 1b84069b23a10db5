import type { PlannedRemoval } from '../../domain/cluster/plan';
import type { Step } from '../../domain/step';

/** The step that deletes a machine. */
export const deleteStep = 'delete';

/** An operation, as far as its steps tell where a machine was deleted. */
interface Deleting {
  readonly operation: {
    readonly state: { readonly steps: readonly Pick<Step, 'id' | 'upid' | 'settledTasks'>[] };
  };
}

/**
 * A removal with the node on which its machine was deleted, as the task of that names it: it may have been moved since the
 * plan, and the node that it was on may be off. Without a task it is the plan's.
 */
export function deletedOn({ operation: { state } }: Deleting, removal: PlannedRemoval): PlannedRemoval {
  const { member } = removal;
  const step = state.steps.find(({ id }) => id === `${deleteStep}-${member.vmid}`);
  const upid = step?.upid ?? step?.settledTasks.findLast((task) => task.startsWith('UPID:'));
  const node = upid?.split(':')[1];
  return node === undefined ? removal : { ...removal, member: { ...member, node } };
}
