import type { AccessSettings } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import { desiredAccess, entriesOfToken } from './desired';
import type { AccessFacts } from './facts';
import { markOf } from './marks';
import { joined, type AccessOutline } from './outline';
import { outlineLeftovers, retire, retireRotated } from './retire';
import { heldTokens, nextTokenId } from './tokenNames';
import { step } from './words';

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
  const tokenId = nextTokenId(settings.user, settings.token, facts);
  const { acl } = desiredAccess(settings, facts.major);
  return joined([
    ...(previousTokenId === undefined || previousTokenId === token.tokenId
      ? []
      : [retire(facts, previousTokenId, 'in use before the present one')]),
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
    retireRotated(token.tokenId, token),
    outlineLeftovers(facts, settings.token, heldTokens(facts)),
  ]);
}
