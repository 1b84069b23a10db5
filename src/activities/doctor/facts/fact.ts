import type { CheckName } from '../../../domain/checkup';
import { ManagerError, problem, type Problem } from '../../../domain/errors';
import type { CallOptions } from '../../../proxmox/types';

/** A fault that has a finding of its own, and that keeps other things from being looked at. */
export interface Mask {
  /** The check that names it. */
  readonly check: CheckName;
  /** A clause, e.g. `pve03 does not answer`. */
  readonly fault: string;
}

/** Something read once for all checks; or the fault that masks it; or why it could not be read, which is a finding. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly mask: Mask }
  | { readonly known: false; readonly problem: Problem };

/** A fact that is known. */
export function known<T>(value: T): Fact<T> {
  return { known: true, value };
}

/** A fact that a fault masks. */
export function masked(mask: Mask): Fact<never> {
  return { known: false, mask };
}

/** Reads a fact; what the project's errors say becomes part of it, an interruption is thrown on. */
export async function factOf<T>(reading: Promise<T>): Promise<Fact<T>> {
  try {
    return known(await reading);
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code === 'Interrupted') throw error;
    return { known: false, problem: error.problem };
  }
}

/** As {@link factOf}, unless a fault masks it: then nothing is asked. */
export async function factUnless<T>(mask: Mask | undefined, read: () => Promise<T>): Promise<Fact<T>> {
  return mask === undefined ? factOf(read()) : masked(mask);
}

/** Which node is asked, and how long it may take. */
export interface Patience {
  readonly node: string;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

/** As {@link factUnless}, of a node that may hang: what takes longer than the limit is its own problem. */
export async function factWithin<T>(
  { node, limitMs, signal }: Patience,
  mask: Mask | undefined,
  read: (options: CallOptions) => Promise<T>,
): Promise<Fact<T>> {
  if (mask !== undefined) return masked(mask);
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await factOf(read({ signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) }));
  } catch (error) {
    if (signal?.aborted === true || !limit.aborted) throw error;
    const why = { attempted: `ask ${node}`, failed: `it did not answer within ${limitMs / 1000} s` };
    return { known: false, problem: problem('NodeUnreachable', why) };
  }
}
