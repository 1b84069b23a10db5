import type { CredentialRefusals } from './state';

/**
 * So often in a row a call is made again by itself because its credentials seem to work; then something is wrong
 * that trying can't see, and a person is asked. It bounds the history too.
 */
export const automaticAnswers = 3;

/** A call that ran for so long before it was refused was let through at first: its refusals are not in a row. */
export const letThroughMs = 300_000;

interface Refusals {
  credentialRefusals: readonly CredentialRefusals[];
}

/** What is known of the refusals of a call. */
export function refusalsOf(state: Refusals, attempted: string): CredentialRefusals | undefined {
  return state.credentialRefusals.find((each) => each.attempted === attempted);
}

/** Replaces what is known of the refusals of a call; a count of 0 forgets them. */
export function keepRefusals(state: Refusals, attempted: string, count: number, decisionId?: string): void {
  const others = state.credentialRefusals.filter((each) => each.attempted !== attempted);
  const kept = { attempted, automaticAnswers: count, ...(decisionId === undefined ? {} : { decisionId }) };
  state.credentialRefusals = count === 0 ? others : [...others, kept];
}
