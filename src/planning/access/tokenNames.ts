import type { AccessFacts } from './facts';
import { tokenParts } from './words';

/** Names that a token of ours can have: the configured one, or what rotations made of it. */
export function isNameOf(base: string, name: string): boolean {
  return name === base || (name.startsWith(`${base}-`) && /^[1-9]\d*$/.test(name.slice(base.length + 1)));
}

/** IDs of the tokens that the store holds and that may be of use: the one in use, if it works, and the one before. */
export function heldTokens({ stored, previousTokenId }: AccessFacts): readonly string[] {
  return [
    ...(stored.state === 'token' && stored.works ? [stored.tokenId] : []),
    ...(previousTokenId === undefined ? [] : [previousTokenId]),
  ];
}

/** The ID after the highest number that a token of this name has, on the cluster or in the store; the first counts as 1. */
export function nextTokenId(user: string, base: string, facts: AccessFacts): string {
  const numbers = [...facts.tokens.map(({ tokenId }) => tokenId), ...heldTokens(facts)]
    .map(tokenParts)
    .filter((it) => it.user === user && isNameOf(base, it.name))
    .map(({ name }) => (name === base ? 1 : Number(name.slice(base.length + 1))));
  return `${user}!${base}-${Math.max(1, ...numbers) + 1}`;
}
