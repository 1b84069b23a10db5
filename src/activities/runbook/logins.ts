import type { ClusterConfig } from '../../config/clusterConfig';
import { errorCodes, ManagerError, problem, problemText, type Problem } from '../../domain/errors';
import type { RenderedStep } from '../../domain/runbook/plan';
import { fill } from '../../domain/runbook/text';
import { valuesIn } from '../../domain/runbook/uses';
import type { Ssh } from '../../ssh/ssh';
import { sshHostOf } from '../doctor/facts/seeNode';

/** What trying logins needs. */
export interface LoginDependencies {
  readonly config: Pick<ClusterConfig, 'cluster' | 'sshUser'>;
  readonly ssh: Pick<Ssh, 'run'>;
}

const loginTimeoutMs = 15_000;

/**
 * Logs in by SSH to the nodes where steps will run, once each, all at the same time, and runs `true` there. A step that
 * surely runs there must be let in: else the problem (a host key, a login) is thrown now, and not after an hour of other
 * steps. It is a warning in a dry run, where a condition may pass the step over, and where a node may come back by itself.
 * Nodes that are known only later are not tried.
 */
export async function tryLogins(
  dependencies: LoginDependencies,
  steps: readonly RenderedStep[],
  { signal, dryRun }: { readonly signal: AbortSignal; readonly dryRun: boolean },
): Promise<readonly string[]> {
  const { nodes } = dependencies.config.cluster;
  const everywhere = nodes.map(({ name }) => name);
  const needed = new Set(steps.filter(surelyRuns).flatMap((step) => nodesOf(step, everywhere)));
  const wanted = [...new Set(steps.flatMap((step) => nodesOf(step, everywhere)))];
  const tried = await Promise.all(
    wanted.map(async (node) => ({ node, refusal: await tryLogin(dependencies, node, signal) })),
  );
  const refused = tried.flatMap(({ node, refusal }) => (refusal === undefined ? [] : [{ node, refusal }]));
  const first = refused.find(({ node, refusal }) => needed.has(node) && !errorCodes[refusal.code].retryable);
  if (first !== undefined && !dryRun) throw refusalOf(refused, first.refusal);
  return refused.map(({ node, refusal }) => `SSH to ${node}: ${problemText(refusal)}`);
}

function surelyRuns({ when, unless, forEach, cleanup }: RenderedStep): boolean {
  return [when, unless, forEach, cleanup].every((it) => it === undefined);
}

/** As far as the plan says it. */
function nodesOf({ executor, place }: RenderedStep, everywhere: readonly string[]): readonly string[] {
  if (executor !== 'SSH') return [];
  if (place.at === 'everyNode') return everywhere;
  return place.at === 'node' && valuesIn(place.node).length === 0 ? [fill(place.node, {})] : [];
}

/** The problem; undefined: the way is open. */
async function tryLogin(
  { config, ssh }: LoginDependencies,
  name: string,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const node = config.cluster.nodes.find((it) => it.name === name);
  if (node === undefined) return noSuchNode(name, config.cluster.nodes);
  try {
    await ssh.run(
      sshHostOf(node, config.sshUser),
      { words: ['true'] },
      { kind: 'read', timeoutMs: loginTimeoutMs, maximumOutputBytes: 1024, signal },
    );
    return undefined;
  } catch (error) {
    if (error instanceof ManagerError) return error.problem;
    throw error;
  }
}

function noSuchNode(name: string, nodes: readonly { readonly name: string }[]): Problem {
  return problem('InputInvalid', {
    attempted: `find the node ${name}`,
    failed: 'the configuration has no node of this name',
    remedy: `Its nodes are: ${nodes.map((it) => it.name).join(', ')}.`,
  });
}

function refusalOf(
  refused: readonly { readonly node: string; readonly refusal: Problem }[],
  { code, remedy }: Problem,
): ManagerError {
  return new ManagerError(
    problem(code, {
      attempted: `log in by SSH to ${refused.map(({ node }) => node).join(', ')}, where steps of this plan run`,
      failed: refused.map(({ node, refusal }) => `${node}: ${refusal.failed}`).join('; '),
      remedy,
    }),
  );
}
