import { ManagerError, problem } from '../../domain/errors';

/** Throws InputInvalid for a path where a name is needed; `what` reads the file on its worker's machine, e.g. `a run`. */
export function requireRunbookName(runbook: string, what: string): void {
  if (/^(?!.*\.md$)[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$/.test(runbook)) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `run the runbook ${runbook}`,
      failed: `${what} reads the file on the machine of its worker, so it takes a name and no path`,
      remedy: 'Put the file into runbooks/ beside cluster-config.yaml and name it without .md.',
    }),
  );
}
