import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts } from '../facts/facts';
import { notChecked, ok, unknown, warning } from '../finding';

const daySeconds = 24 * 3600;
/** Enough for a person who looks once a week to change it in time. */
const warnBeforeDays = 14;

/** When the token, or its user, expires. */
export function checkTokenExpiry({ expiry, token, nowMs }: CheckupFacts): Finding[] {
  if (!expiry.known) return [unknown('tokenExpiry', 'cluster', expiry)];
  const tokenId = token.known ? token.value.tokenId : '';
  const [user = '', name = ''] = tokenId.split('!');
  if (expiry.value === undefined) {
    const mask = { check: 'privileges', fault: 'the token may not look at its own user' } as const;
    const finding = notChecked('tokenExpiry', 'cluster', mask);
    return [{ ...finding, remedy: `Look as root on a node: pveum user token list ${user}` }];
  }
  const { tokenSeconds, userSeconds } = expiry.value;
  const ends = [
    { what: `the token ${tokenId}`, at: tokenSeconds, extend: `pveum user token modify ${user} ${name}` },
    { what: `the user ${user}`, at: userSeconds, extend: `pveum user modify ${user}` },
  ].filter(({ at }) => at > 0);
  const soon = ends
    .map((end) => ({ ...end, days: Math.floor((end.at - nowMs / 1000) / daySeconds) }))
    .filter(({ days }) => days < warnBeforeDays)
    .map(({ what, days, extend }) =>
      warning(
        'tokenExpiry',
        'cluster',
        `${what} expires in ${days} days`,
        `As root on a node: ${extend} --expire 0\nOr make a new token: pxm token rotate`,
      ),
    );
  if (soon.length > 0) return soon;
  const [first] = ends.toSorted((one, other) => one.at - other.at);
  const text =
    first === undefined
      ? 'the token does not expire'
      : `${first.what} expires on ${new Date(first.at * 1000).toISOString().slice(0, 10)}`;
  return [ok('tokenExpiry', 'cluster', text)];
}
