import { createSecretReader } from '../../credentials/secrets';
import { parseUpid } from '../../domain/upid';
import type { ActivityDependencies } from '../dependencies';
import { abortMigration } from '../evacuation/abort';
import { createLedgerClient } from '../ledger/client';
import { activity, type ActivityAttempt } from '../shared/attempt';
import { awaitTask } from './awaitTask';
import { runBuiltin } from './builtins';
import { runCommandStep } from './commands';
import type { RunbookActivities, RunStepArguments, StepDone } from './contract';
import type { RunbookDependencies } from './dependencies';
import { writeFile } from './files';
import { planRunbook } from './plan';
import { sendRequest } from './requests';
import { lookBefore, lookForTask, startTask } from './startTask';

/** The activities of a run of a runbook. */
export function createRunbookActivities(
  given: Omit<RunbookDependencies, 'secrets' | 'ledger'> & Pick<ActivityDependencies, 'temporal'>,
): RunbookActivities {
  const { config, temporal } = given;
  const dependencies: RunbookDependencies = {
    ...given,
    secrets: createSecretReader(config.secrets),
    ledger: createLedgerClient(temporal, config.cluster.name),
  };
  return {
    planRunbook: activity(({ signal }, input) => planRunbook(dependencies, signal, input)),
    readStep: activity((attempt, input) => runStep(dependencies, attempt, input)),
    changeStep: activity((attempt, input) => runStep(dependencies, attempt, input)),
    writeFileStep: activity((attempt, input) => writeFile(dependencies, attempt, input)),
    lookBefore: activity((attempt, input) => lookBefore(dependencies, attempt, input)),
    startTask: activity((attempt, input) => startTask(dependencies, attempt, input)),
    lookForTask: activity((attempt, input) => lookForTask(dependencies, attempt, input)),
    awaitTask: activity((attempt, input) => awaitTask(dependencies, attempt, input)),
    abortTask: activity((attempt, { upid }) => abortMigration(given, attempt, parseUpid(upid))),
  };
}

async function runStep(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: RunStepArguments,
): Promise<StepDone> {
  switch (input.step.action.type) {
    case 'request':
      return sendRequest(dependencies, attempt, input);
    case 'builtin':
      return runBuiltin(dependencies, attempt, input);
    default:
      return runCommandStep(dependencies, attempt, input);
  }
}
