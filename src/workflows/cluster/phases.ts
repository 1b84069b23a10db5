import type { ClusterPhase, ClusterPlan } from '../../domain/cluster/plan';
import { makeMachines } from './make';
import { runPlaybooks } from './playbooks';
import { deleteMembers, setAsideMembers } from './remove';
import { adoptMembers, reviveMembers } from './revive';
import type { ClusterRun } from './run';
import { fillWhatIsThere } from './talos/fill';
import { unlistGone } from './talos/formerMembers';
import { saveLastSnapshot } from './talos/lastSnapshot';
import { prepareTalos } from './talos/prepare';

/**
 * Carries out the phases of an approved plan, one after the other. A phase that is not whole is the last one: what comes
 * after it counts on it, such as a machine that gets the name and the address of one that had to go first.
 */
export async function changeMachines(run: ClusterRun): Promise<void> {
  const { operation, plan } = run;
  operation.state.phase = 'running';
  operation.state.planIsNew = false;
  operation.changed();
  if (plan.talos !== undefined && !(await prepareTalos(run, plan.talos))) return;
  if (!(await saveLastSnapshot(run))) return;
  if (plan.talos !== undefined && !(await unlistGone(run, plan.talos))) return;
  for (const phase of plan.phases) {
    if (!(await carryOut(run, phase))) return;
  }
  if (plan.talos !== undefined && !makesMachines(plan)) await fillWhatIsThere(run, plan.talos);
  await runPlaybooks(run);
}

function makesMachines({ phases }: ClusterPlan): boolean {
  return phases.some(({ kind }) => kind === 'make');
}

function carryOut(run: ClusterRun, phase: ClusterPhase): Promise<boolean> {
  switch (phase.kind) {
    case 'make':
      return makeMachines(run, phase.machines);
    case 'setAside':
      return setAsideMembers(run, phase.removals);
    case 'delete':
      return deleteMembers(run, phase.removals);
    case 'revive':
      return reviveMembers(run, phase.removals);
    case 'adopt':
      return adoptMembers(run, phase.adoptions);
  }
}
