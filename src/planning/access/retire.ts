import type { AccessFacts } from './facts';
import { isMarked } from './marks';
import { joined, type AccessOutline } from './outline';
import { leaving, removal } from './removals';
import { isNameOf } from './tokenNames';
import { step, tokenParts } from './words';

/** Waits for its tasks, removes it, forgets it. A token that we have not made stays: only its stored copy goes. */
export function retire(facts: AccessFacts, tokenId: string, why: string): Partial<AccessOutline> {
  const token = facts.tokens.find((it) => it.tokenId === tokenId);
  const isOurs = token !== undefined && isMarked(token);
  return {
    items: [
      ...(isOurs ? [] : (leaving(`token ${tokenId}`, 'not known as made by us: it stays valid').items ?? [])),
      { what: isOurs ? `token ${tokenId}` : `stored secret of ${tokenId}`, state: 'remove', details: [why] },
    ],
    steps: [
      step({ kind: 'awaitTasks', tokenId }),
      ...(isOurs ? [step({ kind: 'removeToken', tokenId })] : []),
      step({ kind: 'forgetToken', tokenId }),
    ],
  };
}

/** The same for the token that is rotated: it goes whoever made it, as long as it is the one that was seen. */
export function retireRotated(tokenId: string, seen: { readonly comment: string }): Partial<AccessOutline> {
  const isOurs = isMarked(seen);
  return {
    items: [
      {
        what: `token ${tokenId}`,
        state: 'remove',
        details: [
          'kept until its last task has ended: only it may stop the tasks that it started',
          ...(isOurs ? [] : ['made by somebody else: whoever else uses it loses it']),
        ],
      },
    ],
    steps: [
      step({ kind: 'awaitTasks', tokenId }),
      step({ kind: 'removeToken', tokenId, ...(isOurs ? {} : { comment: seen.comment }) }),
      step({ kind: 'forgetToken', tokenId }),
    ],
  };
}

/** Away with tokens that we have made and whose secrets nobody holds: what broke off in the middle has left them. */
export function outlineLeftovers(
  { tokens }: AccessFacts,
  base: string,
  held: readonly string[],
): AccessOutline {
  const left = tokens.filter(
    (token) =>
      isMarked(token) && isNameOf(base, tokenParts(token.tokenId).name) && !held.includes(token.tokenId),
  );
  const why = 'the store does not hold it: left by an operation that broke off, or used from another store';
  return joined(
    left.map(({ tokenId }) => ({
      ...removal(`token ${tokenId}`, step({ kind: 'removeToken', tokenId }), [why]),
      warnings: [
        `The token ${tokenId} is removed, which this store does not hold: whoever uses it from another store loses it.`,
      ],
    })),
  );
}
