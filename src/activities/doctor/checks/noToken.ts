import type { Finding } from '../../../domain/checkup';
import { bootstrapRemedy, isYetToBeMade } from '../../access/bootstrapHelps';
import type { Fact } from '../facts/fact';
import type { CheckupFacts } from '../facts/facts';
import { failed, unknown } from '../finding';

/** Why there is no token. On a cluster that nobody has set up yet, the remedy is the command that does. */
export function noToken(
  token: Extract<Fact<unknown>, { readonly known: false }>,
  { credentials }: CheckupFacts['config'],
): Finding {
  if ('mask' in token || !isYetToBeMade(token.problem, credentials))
    return unknown('credentials', 'cluster', token);
  const { attempted, failed: why } = token.problem;
  return failed('credentials', 'cluster', `there is no API token yet: ${attempted}: ${why}`, bootstrapRemedy);
}
