import { createCredentialWriter } from '../../credentials/writer';
import { activity } from '../shared/attempt';
import { applyAction } from './apply';
import type { AccessActivities } from './contract';
import type { AccessDependencies } from './dependencies';
import { issueToken } from './issue';
import { planAccess } from './plan';
import { createRootShell } from './rootShell';
import { awaitTokenTasks } from './tasks';
import { requireOwnId } from './workflowId';

/** The activities of the operations on access. */
export function createAccessActivities({
  config,
  ssh,
  credentials,
}: Omit<AccessDependencies, 'writer'>): AccessActivities {
  const writer = createCredentialWriter(config.credentials);
  const dependencies = { config, ssh, credentials, writer };
  return {
    planAccess: activity(async (attempt, input) => {
      requireOwnId(config.cluster.name);
      return planAccess(dependencies, attempt, input);
    }),
    applyAccess: activity((attempt, { plan, action }) =>
      applyAction(createRootShell(config, ssh, plan.node, attempt.signal), attempt, action),
    ),
    issueToken: activity((attempt, input) => issueToken(dependencies, attempt, input)),
    awaitTokenTasks: activity((attempt, { node, tokenId }) =>
      awaitTokenTasks(createRootShell(config, ssh, node, attempt.signal), attempt, tokenId),
    ),
    forgetToken: activity(async ({ signal }, { tokenId }) => {
      await writer?.forget(tokenId, signal);
      const kept = await credentials.get().catch(() => undefined);
      if (kept?.tokenId === tokenId) credentials.invalidate(kept.secret);
      return { outcome: 'changed', warnings: [] };
    }),
  };
}
