import { ManagerError, problem } from '../../domain/errors';
import type { AccessSettings } from '../../config/clusterConfig';
import { accessDifference, planAccess as makePlan } from '../../planning/access/plan';
import type { ActivityAttempt } from '../shared/attempt';
import type { AccessPlanArguments, AccessPlanMade } from './contract';
import type { AccessDependencies } from './dependencies';
import { lookAtAccess } from './look';
import { createRootShell } from './rootShell';

/** Looks and plans. Throws InputInvalid for another cluster, ConfigInvalid for a place that can't be written to. */
export async function planAccess(
  dependencies: AccessDependencies,
  attempt: ActivityAttempt,
  { operation, request, previous }: AccessPlanArguments,
): Promise<AccessPlanMade> {
  const { config, ssh, writer, credentials } = dependencies;
  requireOurs(config.cluster.name, config.cluster.nodes, request);
  if (writer === undefined && operation !== 'undoAccess') throw notWritable(credentials.describe);
  const shell = createRootShell(config, ssh, request.node ?? previous?.node, attempt.signal);
  const facts = await lookAtAccess(dependencies, shell, attempt);
  const settings: AccessSettings = {
    ...config.access,
    ...(request.profile === undefined ? {} : { profile: request.profile }),
    ...(request.privilegeSeparation === undefined
      ? {}
      : { privilegeSeparation: request.privilegeSeparation }),
  };
  const plan = makePlan({
    ...{ operation, facts, settings },
    cluster: config.cluster.name,
    store: credentials.describe,
    node: shell.node(),
    times: { ...config.approval, stallAfterMs: config.migration.stallAfterMs },
    madeAt: new Date(),
  });
  return { plan, changes: previous === undefined ? [] : accessDifference(previous, plan) };
}

function requireOurs(
  cluster: string,
  nodes: readonly { readonly name: string }[],
  request: AccessPlanArguments['request'],
): void {
  const refuse = (failed: string) => {
    throw new ManagerError(
      problem('InputInvalid', { attempted: 'plan the access of the API token', failed }),
    );
  };
  if (request.cluster !== undefined && request.cluster !== cluster)
    refuse(`the request names the cluster ${request.cluster}, this worker serves ${cluster}`);
  if (request.node !== undefined && !nodes.some(({ name }) => name === request.node))
    refuse(`the configuration has no node ${request.node}`);
}

function notWritable(place: string): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: 'plan where the API token is stored',
      failed: `${place} can only be written to from outside`,
      remedy: 'Name pass_path or file under credentials: in cluster-config.yaml.',
    }),
  );
}
