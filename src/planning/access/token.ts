import type { AccessItem } from '../../domain/accessPlan';
import { entriesOfToken, type DesiredAccess } from './desired';
import { outlineEntry } from './entry';
import type { AccessFacts, TokenFact } from './facts';
import { ManagerError, problem } from '../../domain/errors';
import { joined, type AccessOutline } from './outline';
import { step, tokenParts } from './words';

/** The token: kept if the stored one is ours and works; else issued anew under the wanted name. */
export function outlineToken(facts: AccessFacts, desired: DesiredAccess, comment: string): AccessOutline {
  const kept = workingToken(facts, desired);
  if (kept !== undefined) return outlineKept(facts, desired, kept);
  const tokenId = `${desired.user}!${desired.tokenName}`;
  const present = facts.tokens.find((it) => it.tokenId === tokenId);
  const { stored } = facts;
  const isOther = stored.state === 'token' && stored.works && stored.tokenId !== tokenId;
  return {
    items: [tokenItem(facts, desired, present)],
    steps: [
      step({
        kind: 'issueToken',
        tokenId,
        comment,
        privilegeSeparation: desired.privilegeSeparation,
        acl: desired.privilegeSeparation ? entriesOfToken(desired.acl, tokenId) : [],
        keepPrevious: isOther,
      }),
    ],
    warnings:
      present === undefined
        ? []
        : [`Whoever else uses the token ${tokenId} loses it: its value can't be read, so it is made anew.`],
  };
}

/** Names that a token of ours can have: the configured one, or what rotations made of it. */
export function isNameOf(base: string, name: string): boolean {
  return name === base || (name.startsWith(`${base}-`) && /^[1-9]\d*$/.test(name.slice(base.length + 1)));
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
  present: TokenFact | undefined,
): AccessItem {
  const what = `token ${desired.user}!${desired.tokenName}`;
  const separation = desired.privilegeSeparation
    ? 'with entries of its own (privilege separation)'
    : 'may do what its user may (no privilege separation)';
  const held = storedInWords(stored);
  if (present === undefined) return { what, state: 'create', details: [separation, ...held] };
  const differs =
    present.privilegeSeparation === desired.privilegeSeparation
      ? 'it exists, but no working secret of it is in the store: removed and made anew'
      : 'its privilege separation differs: removed and made anew';
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
