import type { PlannedTalos } from '../../../domain/cluster/plan';
import { activities } from '../../shared/calls';
import type { ClusterRun } from '../run';
import { callStep } from '../step';
import { tellOfTalos } from '../tell';
import { secretsStep } from './record';

const { talosReads: reads, talosChanges: changes } = activities;

/**
 * Before anything is changed: the tools are there, and the secrets are, made once or those of before. The entity is told
 * of them before any machine could get them. Where all machines go first the secrets of before stay in force until then.
 * True if all of that is so.
 */
export async function prepareTalos(run: ClusterRun, talos: PlannedTalos): Promise<boolean> {
  if (!(await checkTools(run, talos))) return false;
  return talos.anew === true || secretsMade(run, talos);
}

/** Where all machines of before are gone: the secrets of the cluster that comes. True for any other. */
export async function prepareAnew(run: ClusterRun, talos: PlannedTalos): Promise<boolean> {
  return talos.anew !== true || secretsMade(run, talos);
}

function checkTools(run: ClusterRun, { cluster: { version }, flux }: PlannedTalos): Promise<boolean> {
  const title = `Look at talosctl${flux === undefined ? '' : ' and flux'} on the worker's machine`;
  const input = { talosVersion: version, flux: flux !== undefined };
  return callStep(
    run,
    { name: 'tools', title },
    (options) => reads.checkTalosTools.executeWithOptions(options, [input]),
    {
      kind: 'read',
      keep: (step, tools) => step.keep({ outcome: 'done', captures: { ...tools } }),
    },
  );
}

async function secretsMade(run: ClusterRun, { cluster, anew }: PlannedTalos): Promise<boolean> {
  const { name, endpoint, version } = cluster;
  const { change, plan, operation } = run;
  const known = anew === true ? undefined : change.record?.talos;
  const title =
    known === undefined
      ? 'Make the secrets of the Talos cluster'
      : 'Look at the secrets of the Talos cluster';
  // What the cluster of before was known by stays where it is.
  const fresh = anew === true ? `${plan.instance}-${operation.holder.firstExecutionRunId}` : plan.instance;
  const input = {
    ...{ profile: plan.profile, instance: known === undefined ? fresh : lastPartOf(known.folder) },
    ...{ talosVersion: version, cluster: { name, endpoint } },
    ...(known === undefined ? {} : { secretsSha256: known.secretsSha256 }),
  };
  const areMade = await callStep(
    run,
    { name: secretsStep, title },
    (options) => changes.makeTalosSecrets.executeWithOptions(options, [input]),
    { keep: (step, files) => step.keep({ outcome: 'done', captures: { ...files } }) },
  );
  if (areMade) await tellOfTalos(run);
  return areMade;
}

/** Folders are called after the instance, and after the operation where that has made it anew. */
function lastPartOf(folder: string): string {
  return folder.split('/').at(-1) ?? '';
}
