import type { AccessItem } from '../../domain/accessPlan';
import { entriesOfToken, type DesiredAccess } from './desired';
import { outlineEntry } from './entry';
import type { AccessFacts, TokenFact } from './facts';
import { ManagerError, problem } from '../../domain/errors';
import { isMarked } from './marks';
import { joined, type AccessOutline } from './outline';
import { leaving } from './removals';
import { outlineLeftovers, retire } from './retire';
import { outlineStaged } from './staged';
import { heldTokens, isNameOf, nextTokenId } from './tokenNames';
import { step, tokenParts } from './words';

/**
 * The token: kept if the stored one is ours and works; else issued anew, under the wanted name unless a token that the
 * store holds has it: that one is in use until the new one is proven.
 */
export function outlineToken(facts: AccessFacts, desired: DesiredAccess, comment: string): AccessOutline {
  const kept = workingToken(facts, desired);
  if (kept !== undefined) return outlineKept(facts, desired, kept);
  const tokenId = newTokenId(facts, desired);
  const present = facts.tokens.find((it) => it.tokenId === tokenId);
  return {
    items: [tokenItem(facts, desired, tokenId, present)],
    steps: [
      step({
        kind: 'issueToken',
        tokenId,
        comment,
        privilegeSeparation: desired.privilegeSeparation,
        acl: desired.privilegeSeparation ? entriesOfToken(desired.acl, tokenId) : [],
        keepPrevious: facts.stored.state === 'token' && facts.stored.works,
        ...(present === undefined ? {} : { replaces: { comment: present.comment } }),
      }),
    ],
    warnings:
      present === undefined
        ? []
        : [`Whoever else uses the token ${tokenId} loses it: its value can't be read, so it is made anew.`],
  };
}

/** Away with tokens of ours that are not used any more: one that a new one takes the place of, and leftovers. */
export function outlineOldTokens(facts: AccessFacts, desired: DesiredAccess): AccessOutline {
  const { user, tokenName } = desired;
  const held = heldTokens(facts);
  const kept = workingToken(facts, desired);
  if (kept !== undefined) {
    return joined([
      outlineLeftovers(facts, tokenName, held),
      outlineStaged(facts, `${user}!${tokenName}`, { forgotten: [], kept: held }),
    ]);
  }
  const { stored } = facts;
  const replaced = facts.tokens.find(
    ({ tokenId }) => stored.state === 'token' && stored.works && stored.tokenId === tokenId,
  );
  return joined([
    ...(replaced === undefined ? [] : [outlineReplaced(facts, replaced)]),
    outlineLeftovers(facts, tokenName, [...held, newTokenId(facts, desired)]),
  ]);
}

function outlineReplaced(facts: AccessFacts, token: TokenFact): Partial<AccessOutline> {
  return isMarked(token)
    ? retire(facts, token.tokenId, 'the new one takes its place')
    : leaving(`token ${token.tokenId}`, 'made by somebody else: it stays valid');
}

function newTokenId(facts: AccessFacts, { user, tokenName }: DesiredAccess): string {
  const tokenId = `${user}!${tokenName}`;
  return heldTokens(facts).includes(tokenId) ? nextTokenId(user, tokenName, facts) : tokenId;
}

/**
 * A token that some nodes accept and others refuse is good, and those nodes are not: another token would be refused by
 * them as well. Throws TokenRefused, which names them.
 */
export function requireAcceptedEverywhere({ stored }: AccessFacts): void {
  if (stored.state !== 'token' || stored.refusedBy === undefined) return;
  throw new ManagerError(
    problem('TokenRefused', {
      attempted: `try the stored token ${stored.tokenId} on every node`,
      failed: `refused by ${stored.refusedBy.join(', ')}, accepted by others; it is not touched`,
      remedy:
        'These nodes do not know what the cluster knows: look at them (pvecm status, systemctl status pve-cluster), then start it again.',
    }),
  );
}

/** Something that is no token is never overwritten: it may be precious, and the path mistyped. */
export function requireReadable({ stored }: AccessFacts, store: string): void {
  if (stored.state !== 'unreadable') return;
  throw new ManagerError(
    problem('CredentialsMalformed', {
      attempted: `look at ${store}`,
      failed: `it holds something that is no token (${stored.why}); it is not overwritten`,
      remedy: 'Move it away, or name another place under credentials: in cluster-config.yaml.',
    }),
  );
}

function workingToken({ stored, tokens }: AccessFacts, desired: DesiredAccess): TokenFact | undefined {
  if (stored.state !== 'token' || !stored.works) return undefined;
  const { user, name } = tokenParts(stored.tokenId);
  if (user !== desired.user || !isNameOf(desired.tokenName, name)) return undefined;
  return tokens.find(
    (it) => it.tokenId === stored.tokenId && it.privilegeSeparation === desired.privilegeSeparation,
  );
}

function outlineKept(facts: AccessFacts, desired: DesiredAccess, token: TokenFact): AccessOutline {
  const item: AccessItem = {
    what: `token ${token.tokenId}`,
    state: 'keep',
    details: ['its secret is in the store and works'],
  };
  const acl = desired.privilegeSeparation ? entriesOfToken(desired.acl, token.tokenId) : [];
  return joined([{ items: [item] }, ...acl.map((entry) => outlineEntry(facts, entry))]);
}

function tokenItem(
  { stored }: AccessFacts,
  desired: DesiredAccess,
  tokenId: string,
  present: TokenFact | undefined,
): AccessItem {
  const what = `token ${tokenId}`;
  const separation = desired.privilegeSeparation
    ? 'with entries of its own (privilege separation)'
    : 'may do what its user may (no privilege separation)';
  const held = storedInWords(stored);
  if (present === undefined) return { what, state: 'create', details: [separation, ...held] };
  const differs = 'it exists, but no working secret of it is in the store: removed and made anew';
  return { what, state: 'replace', details: [differs, separation, ...held] };
}

function storedInWords(stored: AccessFacts['stored']): readonly string[] {
  if (stored.state !== 'token') return [];
  return [
    stored.works
      ? `the store holds ${stored.tokenId} now, which works`
      : `the store holds ${stored.tokenId} now, which is refused`,
  ];
}
