import type { UnansweredNode } from '../../domain/clusterReading';
import { ManagerError, problem, type ErrorCode, type Problem } from '../../domain/errors';
import type { ClusterStatus } from '../../proxmox/api/cluster';
import type { CallOptions } from '../../proxmox/types';
import type { ReadingDependencies } from './deps';

/** What the nodes said, and who said nothing. */
export interface NodeAnswers<T> {
  readonly answers: ReadonlyMap<string, T>;
  readonly unanswered: readonly UnansweredNode[];
}

/** A node answers in milliseconds; one that hangs must not keep the others' answers from being shown. */
const defaultPatienceMs = 10_000;

/**
 * Asks every node that is online, all at once. One that fails, or takes too long, is named with the reason and does
 * not fail the whole. Throws only what concerns all nodes: credentials, interruption.
 */
export async function askNodes<T>(
  deps: ReadingDependencies,
  members: ClusterStatus['nodes'],
  read: (node: string, options: CallOptions) => Promise<T>,
): Promise<NodeAnswers<T>> {
  const answers = new Map<string, T>();
  const unanswered: UnansweredNode[] = [];
  await Promise.all(
    members.map(async ({ name, online }) => {
      if (!online) {
        unanswered.push({ node: name, problem: offline(name) });
        return;
      }
      const limit = AbortSignal.timeout(deps.nodePatienceMs ?? defaultPatienceMs);
      const signal = deps.signal === undefined ? limit : AbortSignal.any([deps.signal, limit]);
      try {
        answers.set(name, await read(name, { signal }));
      } catch (error) {
        unanswered.push({ node: name, problem: problemOfNode(error, name, limit.aborted) });
      }
    }),
  );
  return { answers, unanswered: unanswered.toSorted((one, other) => one.node.localeCompare(other.node)) };
}

/** The members that the cluster itself counts as offline: for readings that ask no node. */
export function offlineMembers(members: ClusterStatus['nodes']): UnansweredNode[] {
  return members.filter(({ online }) => !online).map(({ name }) => ({ node: name, problem: offline(name) }));
}

function problemOfNode(error: unknown, node: string, tooLate: boolean): Problem {
  if (!(error instanceof ManagerError) || ofTheWhole.has(error.code)) throw error;
  if (error.code !== 'Interrupted') return error.problem;
  if (!tooLate) throw error;
  return problem('NodeUnreachable', { attempted: `ask ${node}`, failed: 'it did not answer in time' });
}

const ofTheWhole: ReadonlySet<ErrorCode> = new Set([
  'TokenRefused',
  'CredentialsLocked',
  'CredentialsMissing',
  'CredentialsMalformed',
]);

function offline(node: string): Problem {
  return problem('NodeUnreachable', {
    attempted: `ask ${node}`,
    failed: 'the other nodes count it as offline',
    remedy: 'Check its power, its network and its console.',
  });
}
