import type { PlannedAdoption, PlannedRemoval } from '../../domain/cluster/plan';
import type { AdoptionStepArguments } from '../../domain/cluster/step';
import { activities } from '../shared/calls';
import { frameFor, machineWords } from './machine';
import { inPipelines } from './pipelines';
import { eachRemoval } from './remove';
import type { ClusterRun } from './run';
import { callStep, stepId, stepToLookAfter, taskStep } from './step';
import { removalArguments } from './stop';
import { lookAtConsole } from './talos/configure';
import { talosFiles, talosMachine } from './talos/machines';
import { tellOfMember } from './tell';
import { waitStep } from './wait';

const { clusterReads: reads, clusterChanges: changes, clusterWaits: waits, talosWaits } = activities;

/** Gives machines that were set aside their names back, starts them, and waits until they are ready again. True if all are. */
export function reviveMembers(run: ClusterRun, removals: readonly PlannedRemoval[]): Promise<boolean> {
  return eachRemoval(run, removals, async (removal) => {
    const { vmid, name } = removal.member;
    const words = machineWords({ vmid, name: removal.nameThen ?? name });
    const isNamed = await callStep(run, { name: 'revive', vmid, title: `Bring ${words} back` }, (options) =>
      changes.reviveMember.executeWithOptions(options, [removalArguments(run, removal)]),
    );
    if (!isNamed) return false;
    await tellOfMember(run, vmid);
    const work = { name: 'start', vmid, title: `Start ${words}` };
    const isStarted = await taskStep(run, work, (options, before) =>
      changes.startMember.executeWithOptions(options, [removalArguments(run, removal, before)]),
    );
    return isStarted && (await isReadyAgain(run, removal, words));
  });
}

/**
 * Waits until a machine that came back is ready again; what was never ready before a creation finishes. A plan from before
 * this was waited for has no readiness: its start was all, and its history is replayed as it was.
 */
async function isReadyAgain(run: ClusterRun, removal: PlannedRemoval, words: string): Promise<boolean> {
  const { member, readiness } = removal;
  if (readiness === undefined) return true;
  const { vmid, node } = member;
  await tellOfMember(run, vmid);
  const machine = readiness === 'talosApi' ? talosMachine(member) : undefined;
  const title = `Wait until ${words} is ready again`;
  return waitStep(
    run,
    { name: 'ready', vmid, title },
    {
      lacking: 'it is not ready',
      remedy: lookAtConsole(words),
      call: (options) =>
        machine === undefined
          ? waits.watchMember.executeWithOptions(options, [removalArguments(run, removal)])
          : talosWaits.awaitTalosMachine.executeWithOptions(options, [
              {
                ...{ files: talosFiles(run), machine: { ...machine, guest: { node, vmid } } },
                ...{ goal: 'running' as const, withinMs: run.frame.readyWithinMs },
              },
            ]),
    },
  );
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
