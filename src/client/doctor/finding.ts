import type { CheckName, Finding } from '../../domain/checkup';
import { failed, listed, notChecked, ofProblem, ok, warning } from '../../activities/doctor/finding';
import { problemOfError } from '../failures';

export { failed, listed, notChecked, ok, warning };

/** What was thrown, as a finding. */
export function ofError(check: CheckName, where: string, error: unknown): Finding {
  return ofProblem(check, where, problemOfError(error));
}

/** The fault that keeps everything about the cluster from being known. */
export const noConfig = { check: 'config', fault: 'the configuration is not valid' } as const;

/** Nothing of the cluster can be known without a file that the configuration names. */
export const unusableFile = {
  check: 'config',
  fault: 'the configuration names a file that can not be used',
} as const;
