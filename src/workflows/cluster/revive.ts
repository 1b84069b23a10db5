import type { PlannedAdoption, PlannedRemoval } from '../../domain/cluster/plan';
import type { AdoptionStepArguments } from '../../domain/cluster/step';
import { activities } from '../shared/calls';
import { frameFor, machineWords } from './machine';
import { inPipelines } from './pipelines';
import { eachRemoval } from './remove';
import type { ClusterRun } from './run';
import { callStep, stepId, stepToLookAfter, taskStep } from './step';
import { removalArguments } from './stop';
import { tellOfMember } from './tell';

const { clusterReads: reads, clusterChanges: changes } = activities;

/** Gives machines that were set aside their names back and starts them. True if all of them run. */
export function reviveMembers(run: ClusterRun, removals: readonly PlannedRemoval[]): Promise<boolean> {
  return eachRemoval(run, removals, async (removal) => {
    const { vmid, name } = removal.member;
    const words = machineWords({ vmid, name: removal.nameThen ?? name });
    const isNamed = await callStep(run, { name: 'revive', vmid, title: `Bring ${words} back` }, (options) =>
      changes.reviveMember.executeWithOptions(options, [removalArguments(run, removal)]),
    );
    if (!isNamed) return false;
    await tellOfMember(run, vmid);
    return taskStep(run, { name: 'start', vmid, title: `Start ${words}` }, (options, before) =>
      changes.startMember.executeWithOptions(options, [removalArguments(run, removal, before)]),
    );
  });
}

/** Marks machines that were made by hand as members. True if all of them are. */
export function adoptMembers(run: ClusterRun, adoptions: readonly PlannedAdoption[]): Promise<boolean> {
  return inPipelines(run.operation, adoptions, async (adoption) => {
    const { vmid, name, nameNow } = adoption;
    const title = `Make VM ${vmid} (${nameNow}) the member ${name}`;
    const isAdopted = await callStep(run, { name: 'adopt', vmid, title }, (options) =>
      changes.adoptMember.executeWithOptions(options, [adoptionArguments(run, adoption)]),
    );
    if (isAdopted) await tellOfMember(run, vmid);
    else await lookWhetherAdopted(run, adoption);
    return isAdopted;
  });
}

function adoptionArguments(
  { operation, frame }: ClusterRun,
  adoption: PlannedAdoption,
): AdoptionStepArguments {
  const { holder } = operation;
  return { holder, frame: frameFor(frame, adoption), adoption, settledTasks: [] };
}

/** After an adoption that was passed over: its answer may have been lost, and the marker be there all the same. */
async function lookWhetherAdopted(run: ClusterRun, adoption: PlannedAdoption): Promise<void> {
  const { operation } = run;
  const step = stepToLookAfter(operation, stepId('adopt', adoption.vmid));
  if (step === undefined) return;
  const title = `Look whether VM ${adoption.vmid} (${adoption.nameNow}) is a member`;
  const looked = await step.attempt(title, () =>
    reads.readMember.executeWithOptions({ summary: title }, [adoptionArguments(run, adoption)]),
  );
  step.keep({ outcome: 'done', captures: { isThere: looked.ok } });
  if (looked.ok) await tellOfMember(run, adoption.vmid);
}
