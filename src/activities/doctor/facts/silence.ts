import type { Problem } from '../../../domain/errors';
import type { Mask } from './fact';
import type { NodeFacts } from './facts';

/** Why a node's API does not answer here, be it at once or later on; undefined: it does. */
export function silenceOf({
  certificate,
  answer,
  hang,
}: Pick<NodeFacts, 'certificate' | 'answer' | 'hang'>): Problem | undefined {
  if (!certificate.known) return 'problem' in certificate ? certificate.problem : undefined;
  if (answer.known || !('problem' in answer)) return hang;
  return answer.problem.code === 'NodeUnreachable' ? answer.problem : hang;
}

/** What silence hides. */
export function maskOfSilence(name: string): Mask {
  return { check: 'nodes', fault: `${name} does not answer` };
}
