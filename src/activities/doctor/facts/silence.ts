import type { Problem } from '../../../domain/errors';
import type { Mask } from './fact';
import type { NodeFacts } from './facts';

/** Why a node's API does not answer here, neither with a certificate nor with anything else; undefined: it does. */
export function silenceOf({
  certificate,
  answer,
}: Pick<NodeFacts, 'certificate' | 'answer'>): Problem | undefined {
  if (!certificate.known) return 'problem' in certificate ? certificate.problem : undefined;
  if (answer.known || !('problem' in answer)) return undefined;
  return answer.problem.code === 'NodeUnreachable' ? answer.problem : undefined;
}

/** What silence hides. */
export function maskOfSilence(name: string): Mask {
  return { check: 'nodes', fault: `${name} does not answer` };
}
