import type { OperationReport } from '../operationReport';
import type { HostFailure, HostResult } from './run';

/** How one host came out of the run: the worst that is true of it. */
export type HostOutcome = 'ok' | 'changed' | 'failed' | 'unreachable';

/** The report of a run of a playbook. Holds no secret and no result of a task. */
export interface PlaybookReport extends OperationReport {
  readonly operation: 'runPlaybook';
  readonly playbook: string;
  readonly limit?: string;
  /** Absent: it was not begun. */
  readonly exitCode?: number;
  readonly hosts: readonly (HostResult & { readonly outcome: HostOutcome })[];
  readonly failures: readonly HostFailure[];
  /** How often it was begun, also where that is only likely; starts that were refused do not count. */
  readonly runs: number;
  /** ISO times of the last run that was begun. */
  readonly runStartedAt?: string;
  readonly runEndedAt?: string;
  /** The whole output, on the worker's machine. */
  readonly outputFile?: string;
}

/** The worst that is true of a host. */
export function outcomeOfHost({ failed, unreachable, changed }: HostResult): HostOutcome {
  if (unreachable > 0) return 'unreachable';
  if (failed > 0) return 'failed';
  return changed > 0 ? 'changed' : 'ok';
}
