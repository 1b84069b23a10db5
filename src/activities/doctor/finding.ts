import type { CheckName, Finding } from '../../domain/checkup';
import type { Problem } from '../../domain/errors';
import type { Fact, Mask } from './facts/fact';

/** All is well. */
export function ok(check: CheckName, where: string, what: string): Finding {
  return { check, status: 'ok', where, what };
}

/** Something to mend. */
export function failed(
  check: CheckName,
  where: string,
  what: string,
  remedy: string,
  more: Pick<Finding, 'fix'> = {},
): Finding {
  return { check, status: 'failed', where, what, remedy, ...more };
}

/** Something that works, and should not stay so. */
export function warning(
  check: CheckName,
  where: string,
  what: string,
  remedy: string,
  more: Pick<Finding, 'fix'> = {},
): Finding {
  return { check, status: 'warning', where, what, remedy, ...more };
}

/** Another fault is in the way. */
export function notChecked(check: CheckName, where: string, { check: masking, fault }: Mask): Finding {
  return {
    ...{ check, status: 'notChecked', where, what: `not checked, because ${fault}` },
    remedy: `First mend what "${masking}" names.`,
  };
}

/** A problem of the project as a finding. */
export function ofProblem(
  check: CheckName,
  where: string,
  { attempted, failed: why, proxmoxSaid, remedy }: Problem,
): Finding {
  const said = proxmoxSaid === undefined ? '' : `: ${proxmoxSaid}`;
  return failed(check, where, `${attempted}: ${why}${said}`, remedy);
}

/** The finding of a check whose fact is not known: masked, or a failure that this check is the first to name. */
export function unknown(
  check: CheckName,
  where: string,
  fact: Extract<Fact<unknown>, { readonly known: false }>,
): Finding {
  return 'mask' in fact ? notChecked(check, where, fact.mask) : ofProblem(check, where, fact.problem);
}

/** Names for a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
