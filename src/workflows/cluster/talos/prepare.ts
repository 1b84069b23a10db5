import type { PlannedTalos } from '../../../domain/cluster/plan';
import { activities } from '../../shared/calls';
import type { ClusterRun } from '../run';
import { callStep } from '../step';
import { tellOfTalos } from '../tell';
import { secretsStep } from './record';

const { talosReads: reads, talosChanges: changes } = activities;

/**
 * Before anything is changed: the tools are there, and the secrets are, made once or those of before. The entity is told
 * of them before any machine could get them. True if both are so.
 */
export async function prepareTalos(run: ClusterRun, talos: PlannedTalos): Promise<boolean> {
  if (!(await checkTools(run, talos)) || !(await makeSecrets(run, talos))) return false;
  await tellOfTalos(run);
  return true;
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

function makeSecrets(run: ClusterRun, { cluster }: PlannedTalos): Promise<boolean> {
  const { name, endpoint, version } = cluster;
  const { change, plan } = run;
  const { secretsSha256 } = change.record?.talos ?? {};
  const title =
    secretsSha256 === undefined
      ? 'Make the secrets of the Talos cluster'
      : 'Look at the secrets of the Talos cluster';
  const input = {
    ...{ profile: plan.profile, instance: plan.instance, talosVersion: version },
    cluster: { name, endpoint },
    ...(secretsSha256 === undefined ? {} : { secretsSha256 }),
  };
  return callStep(
    run,
    { name: secretsStep, title },
    (options) => changes.makeTalosSecrets.executeWithOptions(options, [input]),
    { keep: (step, files) => step.keep({ outcome: 'done', captures: { ...files } }) },
  );
}
