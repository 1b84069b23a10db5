import { ManagerError, problem } from '../../domain/errors';
import { evacuationWorkflowId } from '../../domain/names';
import type { ClusterConfig } from '../../config/clusterConfig';
import { nearestWord } from '../../config/nearest';

/**
 * The workflow ID that a person means: a whole one (it has slashes) is taken as it is; the name of a node means
 * its evacuation; anything else is taken as a workflow ID that somebody chose. The configuration is read only
 * where it is needed.
 */
export function workflowIdOf(operation: string, config: () => ClusterConfig): string {
  if (operation.includes('/')) return operation;
  const { cluster } = config();
  return cluster.nodes.some((node) => node.name === operation)
    ? evacuationWorkflowId(cluster.name, operation)
    : operation;
}

/** Throws InputInvalid, with the name that was probably meant, if the configuration has no such node. */
export function requireNode(name: string, config: ClusterConfig, attempted: string): void {
  const names = config.cluster.nodes.map((node) => node.name);
  if (names.includes(name)) return;
  const nearest = nearestWord(name, names);
  const hint = nearest === undefined ? '' : `Did you mean ${nearest}? `;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted,
      failed: `${config.file} has no node '${name}'; nothing was started`,
      remedy: `${hint}The nodes are: ${names.join(', ')}.`,
    }),
  );
}
