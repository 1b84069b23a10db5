import type { PlannedAdoption, PlannedRemoval } from '../../domain/cluster/plan';
import { activities } from '../shared/calls';
import { frameFor, machineWords } from './machine';
import { inPipelines } from './pipelines';
import { eachRemoval } from './remove';
import type { ClusterRun } from './run';
import { callStep, taskStep } from './step';
import { removalArguments } from './stop';
import { tellOfMember } from './tell';

const { clusterChanges: changes } = activities;

/** Gives machines that were set aside their names back and starts them. True if all of them run. */
export function reviveMembers(run: ClusterRun, removals: readonly PlannedRemoval[]): Promise<boolean> {
  return eachRemoval(run, removals, async (removal) => {
    const { vmid } = removal.member;
    const words = machineWords(removal.member);
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
  const { operation, frame } = run;
  return inPipelines(operation, adoptions, async (adoption) => {
    const { vmid, name, nameNow } = adoption;
    const title = `Make VM ${vmid} (${nameNow}) the member ${name}`;
    const isAdopted = await callStep(run, { name: 'adopt', vmid, title }, (options) =>
      changes.adoptMember.executeWithOptions(options, [
        { holder: operation.holder, frame: frameFor(frame, adoption), adoption, settledTasks: [] },
      ]),
    );
    if (isAdopted) await tellOfMember(run, vmid);
    return isAdopted;
  });
}
