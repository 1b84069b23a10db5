import { ansibleFolder } from '../../config/paths';
import { createSecretReader } from '../../credentials/secrets';
import type { ActivityDependencies } from '../dependencies';
import { activity } from '../shared/attempt';
import type { AnsibleActivities } from './contract';
import type { AnsibleDependencies } from './dependencies';
import { planPlaybook } from './plan';
import { awaitPlaybook, estimatePlaybook, startPlaybook, stopPlaybook } from './run';
import { vaultPasswordName } from './secrets';

/** The activities of running playbooks. */
export function createAnsibleActivities(
  given: Pick<ActivityDependencies, 'config' | 'credentials' | 'ansibleFolder'>,
): AnsibleActivities {
  const { config, credentials } = given;
  const { vaultPassword } = config.conventions.ansible;
  const dependencies: AnsibleDependencies = {
    ...{ config, credentials, folder: given.ansibleFolder ?? ansibleFolder() },
    secrets: createSecretReader(config.secrets),
    ...(vaultPassword === undefined
      ? {}
      : { vaultPassword: createSecretReader({ [vaultPasswordName]: vaultPassword }) }),
  };
  return {
    planPlaybook: activity(({ signal }, input) => planPlaybook(dependencies, signal, input)),
    estimatePlaybook: activity((attempt, input) => estimatePlaybook(dependencies, attempt, input)),
    startPlaybook: activity((attempt, input) => startPlaybook(dependencies, attempt, input)),
    awaitPlaybook: activity((attempt, input) => awaitPlaybook(dependencies, attempt, input)),
    stopPlaybook: activity((attempt, input) => stopPlaybook(dependencies, attempt, input)),
  };
}
