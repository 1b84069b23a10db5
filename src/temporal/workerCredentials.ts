import type { CredentialSettings } from '../config/clusterConfig';
import { createCredentialProvider } from '../credentials/provider';
import { createCredentialStore, type CredentialStore } from '../credentials/store';
import { ManagerError } from '../domain/errors';
import type { WorkerLog } from './workerLog';

/**
 * The token store of a worker. Started on a terminal with `pass`, the passphrase may be asked for now, once;
 * later a locked agent is an error at once, which pauses operations. A token that can't be read now does not
 * keep the worker from starting either.
 */
export async function openCredentials(
  settings: CredentialSettings,
  log: WorkerLog,
): Promise<CredentialStore> {
  const quiet = createCredentialProvider(settings);
  if (settings.provider !== 'pass' || !process.stdin.isTTY) return createCredentialStore(quiet);

  const asking = createCredentialProvider(settings, { mayAsk: true });
  let mayAsk = true;
  const store = createCredentialStore({
    describe: quiet.describe,
    read: (signal) => (mayAsk ? asking : quiet).read(signal),
  });
  try {
    await store.get();
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    log.warn({ code: error.code, remedy: error.problem.remedy }, 'The API token can not be read yet');
  } finally {
    mayAsk = false;
  }
  return store;
}
