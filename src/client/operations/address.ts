import { ManagerError, problem } from '../../domain/errors';
import { evacuationWorkflowId, runbookWorkflowId } from '../../domain/names';
import type { ClusterConfig } from '../../config/clusterConfig';
import { nearestWord } from '../../config/nearest';
import type { Session } from '../session';
import { newestOf } from './newestRun';

/** Kinds of IDs that have one slash only: `access/<cluster>`. */
const shortKinds: readonly string[] = ['access', 'ledger'];

/**
 * The workflow ID that a person means: a whole one (it has slashes) is taken as it is; the name of a node means
 * its evacuation; `<runbook>/<run>` means that run, the name of a runbook or template its newest operation; anything
 * else is taken as a workflow ID that somebody chose. The configuration is read only where it is needed.
 */
export async function workflowIdOf(operation: string, session: Session): Promise<string> {
  const [first = '', second, ...more] = operation.split('/');
  if (more.length > 0 || (second !== undefined && shortKinds.includes(first))) return operation;
  const { cluster } = session.config();
  if (second !== undefined) return runbookWorkflowId(cluster.name, first, second);
  if (cluster.nodes.some((node) => node.name === operation))
    return evacuationWorkflowId(cluster.name, operation);
  return (await newestOf(session, cluster.name, operation)) ?? operation;
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
