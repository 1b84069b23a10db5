import { ansibleFolder } from '../../config/paths';
import { createSecretReader } from '../../credentials/secrets';
import type { ActivityDependencies } from '../dependencies';
import { activity } from '../shared/attempt';
import type { AnsibleActivities } from './contract';
import type { AnsibleDependencies } from './dependencies';
import { planPlaybook } from './plan';
import { awaitPlaybook, estimatePlaybook, startPlaybook, stopPlaybook } from './run';
import { vaultPasswordName } from './secrets';

type Given = Pick<ActivityDependencies, 'config' | 'credentials' | 'ansibleFolder'>;

/** What running playbooks acts with, from what all activities are given. */
export function ansibleDependencies(given: Given): AnsibleDependencies {
  const { config, credentials } = given;
  const { vaultPassword } = config.conventions.ansible;
  return {
    ...{ config, credentials, folder: given.ansibleFolder ?? ansibleFolder() },
    secrets: createSecretReader(config.secrets),
    ...(vaultPassword === undefined
      ? {}
      : { vaultPassword: createSecretReader({ [vaultPasswordName]: vaultPassword }) }),
  };
}

/** The activities of running playbooks. */
export function createAnsibleActivities(given: Given): AnsibleActivities {
  const dependencies = ansibleDependencies(given);
  return {
    planPlaybook: activity(({ signal }, input) => planPlaybook(dependencies, signal, input)),
    estimatePlaybook: activity((attempt, input) => estimatePlaybook(dependencies, attempt, input)),
    startPlaybook: activity((attempt, input) => startPlaybook(dependencies, attempt, input)),
    awaitPlaybook: activity((attempt, input) => awaitPlaybook(dependencies, attempt, input)),
    stopPlaybook: activity((attempt, input) => stopPlaybook(dependencies, attempt, input)),
  };
}
