import type { TokenCredentials } from '../../credentials/contract';
import { createCredentialWriter } from '../../credentials/writer';
import type { Upid } from '../../domain/upid';
import { abortTask } from '../../proxmox/api/tasks';
import { createProxmoxClient } from '../../proxmox/client';
import type { ActivityDependencies } from '../dependencies';
import type { ActivityAttempt } from '../shared/attempt';

/**
 * Asks Proxmox to stop a migration, with the token that started it: no other may (without Sys.Modify, which ours never
 * has). After a rotation that is the token before, which is kept until its last task has ended.
 */
export async function abortMigration(
  dependencies: Pick<ActivityDependencies, 'config' | 'proxmox'>,
  attempt: ActivityAttempt,
  upid: Upid,
): Promise<void> {
  const { config, proxmox } = dependencies;
  const owner = await previousOwner(dependencies, attempt, upid);
  attempt.requireAlive();
  if (owner === undefined) {
    await abortTask(proxmox, upid, { signal: attempt.signal });
    return;
  }
  const credentials = {
    describe: 'the token before the rotation',
    get: async () => Promise.resolve(owner),
    invalidate: () => undefined,
  };
  const client = createProxmoxClient({ cluster: config.cluster, credentials });
  try {
    await abortTask(client, upid, { signal: attempt.signal });
  } finally {
    await client.close();
  }
}

/** The kept token, if it is the one that started the task; else the one in use has to do. */
async function previousOwner(
  { config, proxmox }: Pick<ActivityDependencies, 'config' | 'proxmox'>,
  { signal }: ActivityAttempt,
  { user, tokenName }: Upid,
): Promise<TokenCredentials | undefined> {
  const account = await proxmox.account(signal);
  if (tokenName === undefined || account.tokenName === tokenName) return undefined;
  const previous = await createCredentialWriter(config.credentials)?.look('previous', signal);
  return previous?.tokenId === `${user}!${tokenName}` ? previous : undefined;
}
