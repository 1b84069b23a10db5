import type { AccessSettings } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import { desiredAccess, entriesOfToken } from './desired';
import type { AccessFacts } from './facts';
import { markOf } from './marks';
import { joined, type AccessOutline } from './outline';
import { isNameOf } from './token';
import { step, tokenParts } from './words';

/**
 * A second token under a new name, then away with the first once its last task has ended. What an earlier
 * rotation has left is finished first. Throws NotFound if no working token is stored.
 */
export function outlineRotation(
  facts: AccessFacts,
  settings: AccessSettings,
  context: { readonly cluster: string },
): AccessOutline {
  const { stored, previousTokenId } = facts;
  const current = stored.state === 'token' && stored.works ? stored.tokenId : undefined;
  const token = facts.tokens.find(({ tokenId }) => tokenId === current);
  if (token === undefined) {
    throw new ManagerError(
      problem('NotFound', {
        attempted: 'rotate the API token',
        failed: `the store holds no token of ${settings.user} that works`,
        remedy: 'Make one: pxm bootstrap',
      }),
    );
  }
  const tokenId = `${settings.user}!${nextName(settings.token, facts)}`;
  const { acl } = desiredAccess(settings, facts.major);
  return joined([
    ...(previousTokenId === undefined || previousTokenId === token.tokenId
      ? []
      : [retire(previousTokenId, 'left by an earlier rotation')]),
    {
      items: [
        { what: `token ${tokenId}`, state: 'create', details: ['tried on every node before it is used'] },
      ],
      steps: [
        step({
          kind: 'issueToken',
          tokenId,
          comment: markOf(context.cluster),
          privilegeSeparation: token.privilegeSeparation,
          acl: token.privilegeSeparation ? entriesOfToken(acl, tokenId) : [],
          keepPrevious: true,
        }),
      ],
    },
    retire(token.tokenId, 'kept until its last task has ended: only it may stop the tasks that it started'),
  ]);
}

/** Waits for its tasks, removes it, forgets it. */
function retire(tokenId: string, why: string): Partial<AccessOutline> {
  return {
    items: [{ what: `token ${tokenId}`, state: 'remove', details: [why] }],
    steps: [
      step({ kind: 'awaitTasks', tokenId }),
      step({ kind: 'removeToken', tokenId }),
      step({ kind: 'forgetToken', tokenId }),
    ],
  };
}

/** The highest number that a token of this name has, and one more; the first token counts as 1. */
function nextName(base: string, { tokens }: AccessFacts): string {
  const numbers = tokens
    .map(({ tokenId }) => tokenParts(tokenId).name)
    .filter((name) => isNameOf(base, name))
    .map((name) => (name === base ? 1 : Number(name.slice(base.length + 1))));
  return `${base}-${Math.max(1, ...numbers) + 1}`;
}
