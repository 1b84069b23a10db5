import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts } from '../facts/facts';
import { ok, unknown } from '../finding';

/** Whether there is a token, and where it is kept. */
export function checkCredentials({ token }: CheckupFacts): Finding[] {
  if (!token.known) return [unknown('credentials', 'cluster', token)];
  return [ok('credentials', 'cluster', `the token ${token.value.tokenId} is kept in ${token.value.kept}`)];
}
