import type {
  MemberChangedMessage,
  OperationEndedMessage,
  TalosChangedMessage,
} from '../../../domain/cluster/messages';
import { memberChanged, operationEnded, talosChanged } from './changes';
import type { Keeper } from './keeper';

/**
 * Takes what an operation tells. While one is being started nobody knows which run it has: what comes then waits until
 * that is known, so nothing of the new one is lost and nothing of a former one counts as its own.
 */
export function takeTold(
  keeper: Pick<Keeper, 'state' | 'early'>,
  message: MemberChangedMessage | TalosChangedMessage | OperationEndedMessage,
  at: string,
): void {
  const { state, early } = keeper;
  if (state.operation !== undefined && state.operation.run === undefined) early.push(message);
  else if ('outcome' in message) operationEnded(state, message, at);
  else if ('vmid' in message) memberChanged(state, message);
  else talosChanged(state, message);
}

/** Takes what was told before the run of the operation was known. Call it once it is. */
export function takeEarly(keeper: Pick<Keeper, 'state' | 'early'>, at: string): void {
  for (const message of keeper.early.splice(0)) takeTold(keeper, message, at);
}

/** Forgets an operation that could not be started, and what was told meanwhile: nothing of it is of any use. */
export function forgetUnstarted({ state, early }: Pick<Keeper, 'state' | 'early'>): void {
  early.length = 0;
  if (state.operation?.run === undefined) delete state.operation;
}
