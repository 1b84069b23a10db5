import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts } from '../facts/facts';
import { ok, unknown, warning } from '../finding';
import { noToken } from './noToken';

/** Whether there is a token, and where it is kept; and whether root@pam can log in, where the configuration wants that. */
export function checkCredentials({ token, login, config }: CheckupFacts): Finding[] {
  const found = token.known
    ? ok('credentials', 'cluster', `the token ${token.value.tokenId} is kept in ${token.value.kept}`)
    : noToken(token, config);
  return login === undefined ? [found] : [found, ofLogin(login)];
}

/** No operation of today uses it, so what does not work is no failure. */
function ofLogin(login: NonNullable<CheckupFacts['login']>): Finding {
  if (login.known)
    return ok('credentials', 'root@pam', `a login for a ticket works, with what ${login.value} holds`);
  if ('mask' in login) return unknown('credentials', 'root@pam', login);
  const { attempted, failed, remedy } = login.problem;
  return warning('credentials', 'root@pam', `${attempted}: ${failed}`, remedy);
}
