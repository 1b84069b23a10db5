import { dirname } from 'node:path';

import { ManagerError, problem } from '../../domain/errors';
import type { RenderedRunbook } from '../../domain/runbook/plan';
import { secretsIn } from '../../domain/runbook/uses';
import { planRun, runbookDifference, stepsFrom } from '../../planning/runbook/plan';
import { ownFolder } from '../../runbooks/catalogue';
import { openShellParser } from '../../runbooks/shell/tree';
import { readSshKeys } from '../template/sshKeys';
import type { RunbookPlanArguments, RunbookPlanMade } from './contract';
import type { RunbookDependencies } from './dependencies';
import { imageByHand } from './imageByHand';
import { tryLogins } from './logins';
import { missingPrograms } from './missingPrograms';
import { readRunbook } from './readRunbook';

/**
 * Reads, checks and fills in. Throws NotFound or InputInvalid, the latter with file, line and column of each problem, and
 * SourceUnusable where the image of a template can't be found out.
 */
export async function planRunbook(
  dependencies: RunbookDependencies,
  signal: AbortSignal,
  { request, previous }: RunbookPlanArguments,
): Promise<RunbookPlanMade> {
  const { config } = dependencies;
  const { name: cluster } = config.cluster;
  requireOurs(cluster, request.cluster);
  const nodes = config.cluster.nodes.map(({ name }) => name);
  const { parameters = {} } = request;
  const configFolder = dirname(config.file);
  const library = {
    folder: ownFolder(configFolder),
    surroundings: { cluster, nodes, conventions: config.conventions, sshKeys: () => readSshKeys(config) },
    parser: await openShellParser(),
  };
  const source = await imageByHand(library, request.runbook, parameters, { folder: configFolder, signal });
  const { runbook, files } = readRunbook(library, request.runbook, {
    parameters,
    ...(request.node === undefined ? {} : { node: request.node }),
    ...(source === undefined ? {} : { source }),
  });
  requireSecrets(dependencies, runbook);
  const missing = await missingPrograms(runbook.localTools);
  const logins = await tryLogins(dependencies, stepsFrom(runbook.steps, request.fromStep), {
    signal,
    dryRun: request.dryRun === true,
  });
  const insecure =
    config.cluster.tls === 'insecure'
      ? ['Certificates are not verified: tls is insecure in the configuration.']
      : [];
  const plan = planRun({
    ...{ cluster, runbook, files, nodes, captures: request.captures ?? {} },
    ...(request.fromStep === undefined ? {} : { fromStep: request.fromStep }),
    times: { ...config.approval, stallAfterMs: config.migration.stallAfterMs },
    madeAt: new Date(),
    warnings: [
      ...insecure,
      ...missing.map((name) => `The worker's machine has no program ${name}.`),
      ...logins,
    ],
  });
  const changes = previous === undefined ? [] : runbookDifference(previous, plan);
  return { plan: changes.length === 0 ? plan : { ...plan, changes }, changes };
}

function requireOurs(cluster: string, named: string | undefined): void {
  if (named === undefined || named === cluster) return;
  const failed = `the request names the cluster ${named}, this worker serves ${cluster}`;
  throw new ManagerError(problem('InputInvalid', { attempted: 'plan a run of a runbook', failed }));
}

function requireSecrets({ secrets }: RunbookDependencies, { name, steps }: RenderedRunbook): void {
  const asked = new Set(steps.flatMap(({ action }) => secretsIn(action)));
  const missing = [...asked].filter((it) => !secrets.has(it));
  if (missing.length === 0) return;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `plan a run of ${name}`,
      failed: `the configuration names no place for ${missing.join(', ')}`,
      remedy: `Add to cluster-config.yaml: secrets: { ${missing.map((it) => `${it}: { pass_path: ... }`).join(', ')} }, then restart the worker.`,
    }),
  );
}
