import type { AccessFacts } from './facts';
import type { AccessOutline } from './outline';
import { leaving, removal } from './removals';
import { step } from './words';

/**
 * Away with what an issue that broke off has left at the place of a new token: it was never in use. `forgotten` are the
 * tokens that the store drops in this plan, which takes it along; `kept` are those that it goes on holding.
 */
export function outlineStaged(
  { staged }: AccessFacts,
  ourTokenId: string,
  { forgotten, kept }: { readonly forgotten: readonly string[]; readonly kept: readonly string[] },
): Partial<AccessOutline> {
  if (staged === undefined) return {};
  const isToken = staged.state === 'token';
  if (isToken ? forgotten.includes(staged.tokenId) : forgotten.length > 0) return {};
  const tokenId = isToken ? staged.tokenId : ourTokenId;
  const what = `unproven secret of ${isToken ? tokenId : 'an unreadable token'}`;
  // What a step forgets it forgets everywhere.
  if (kept.includes(tokenId)) return leaving(what, 'the stored token has the same name');
  return removal(what, step({ kind: 'forgetToken', tokenId }), ['left by an operation that broke off']);
}
