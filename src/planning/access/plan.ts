import type { AccessOperation, AccessPlan } from '../../domain/accessPlan';
import type { OperationTimes } from '../../domain/evacuationPlan';
import { hashOf } from '../planHash';
import { outlineBootstrap } from './bootstrap';
import type { AccessSettings } from '../../config/clusterConfig';
import type { AccessFacts } from './facts';
import type { AccessOutline } from './outline';
import { outlineRotation } from './rotate';
import { requireAcceptedEverywhere, requireReadable } from './token';
import { outlineUndo } from './undo';

/** What a plan on access is made from. */
export interface AccessPlanInput {
  readonly operation: AccessOperation;
  readonly cluster: string;
  readonly facts: AccessFacts;
  readonly settings: AccessSettings;
  /** Where the token is kept, in words. */
  readonly store: string;
  /** The node whose SSH server was used. */
  readonly node: string;
  readonly times: OperationTimes;
  readonly madeAt: Date;
}

/**
 * Makes the plan of an operation on access. Throws ConfigInvalid or NotFound where there can be none,
 * CredentialsMalformed where the place of the token holds something else, and TokenRefused where only some nodes accept
 * the stored token.
 */
export function planAccess(input: AccessPlanInput): AccessPlan {
  const { operation, cluster, facts, settings, madeAt } = input;
  if (operation !== 'undoAccess') {
    requireReadable(facts, input.store);
    requireAcceptedEverywhere(facts);
  }
  const { items, steps, warnings } = outlineOf(input);
  // What is there counts too: making something is another thing than replacing it by the same.
  const objects = items.map(({ what, state }) => ({ what, state }));
  const actions = steps.map(({ action }) => action);
  return {
    operation,
    hash: hashOf({ operation, cluster, store: input.store, objects, actions }),
    cluster,
    madeAt: madeAt.toISOString(),
    node: input.node,
    major: facts.major,
    profile: settings.profile,
    store: input.store,
    items,
    steps,
    trust: facts.trust,
    times: input.times,
    warnings: [...warnings, ...trustWarnings(facts)],
  };
}

/** Said in every plan and report. */
function trustWarnings({ trust }: AccessFacts): readonly string[] {
  return trust.nodes.flatMap(({ node, configured }) => {
    if (configured === 'otherPin')
      return [
        `The configuration has another fingerprint for ${node}: no token can be tried there. To trust the present one: pxm doctor --fix`,
      ];
    return configured === 'insecure' ? [`TLS of ${node} is not verified (tls: insecure).`] : [];
  });
}

function outlineOf({ operation, facts, settings, cluster, madeAt }: AccessPlanInput): AccessOutline {
  switch (operation) {
    case 'bootstrapAccess':
      return outlineBootstrap(facts, settings, { cluster, nowSeconds: madeAt.getTime() / 1000 });
    case 'rotateToken':
      return outlineRotation(facts, settings, { cluster });
    case 'undoAccess':
      return outlineUndo(facts, settings);
  }
}

/** What differs between two plans of one operation, in words; never empty if the hashes differ. */
export function accessDifference(before: AccessPlan, after: AccessPlan): readonly string[] {
  if (before.hash === after.hash) return [];
  const differences = [...stepDifferences(before, after), ...itemDifferences(before, after)];
  return differences.length > 0 ? differences : ['The order of the steps, or the store, has changed.'];
}

function stepDifferences(before: AccessPlan, after: AccessPlan): readonly string[] {
  const actions = (plan: AccessPlan) => new Map(plan.steps.map((it) => [it.id, JSON.stringify(it.action)]));
  const [was, is] = [actions(before), actions(after)];
  return [
    ...after.steps.filter(({ id }) => !was.has(id)).map(({ title }) => `New: ${title}.`),
    ...before.steps.filter(({ id }) => !is.has(id)).map(({ title }) => `No longer needed: ${title}.`),
    ...after.steps
      .filter(({ id }) => was.has(id) && was.get(id) !== is.get(id))
      .map(({ title }) => `Otherwise than before: ${title}.`),
  ];
}

function itemDifferences(before: AccessPlan, after: AccessPlan): readonly string[] {
  const states = (plan: AccessPlan) => new Map(plan.items.map(({ what, state }) => [what, state]));
  const [was, is] = [states(before), states(after)];
  return [...new Set([...is.keys(), ...was.keys()])]
    .filter((what) => was.get(what) !== is.get(what))
    .map((what) => `${what}: ${is.get(what) ?? 'not in the plan'}, before ${was.get(what) ?? 'not in it'}.`);
}
