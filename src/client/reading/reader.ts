import { readView } from '../../activities/reading/readView';
import { knownHostsFile } from '../../config/paths';
import { createCredentialProvider } from '../../credentials/provider';
import { createCredentialStore, type CredentialStore } from '../../credentials/store';
import { ManagerError } from '../../domain/errors';
import type { Readings, ReadRequest, View } from '../../domain/readRequest';
import { createProxmoxClient } from '../../proxmox/client';
import { createPassphraseProvider } from '../../ssh/access/passphraseProvider';
import { createSsh } from '../../ssh/ssh';
import type { Session } from '../session';
import { createWorkerReader } from './workerReader';

/** Reads a cluster for a command. */
export interface Reader {
  /** `direct`: this process holds the credentials. `worker`: a short workflow asks for it. */
  readonly via: 'direct' | 'worker';
  read<V extends View>(request: ReadRequest<V>): Promise<Readings[V]>;
  close(): Promise<void>;
}

/**
 * The reader that is possible here: direct where the configuration's provider gives the token without asking anybody,
 * else through the cluster's workers. Throws CredentialsMalformed, and Interrupted on Ctrl-C.
 */
export async function openReader(session: Session): Promise<Reader> {
  const { credentials: settings } = session.config();
  const store = createCredentialStore(createCredentialProvider(settings));
  try {
    await store.get(session.interrupted);
  } catch (error) {
    if (!(error instanceof ManagerError) || !isNotHere(error)) throw error;
    return createWorkerReader(session, error.problem);
  }
  return createDirectReader(session, store);
}

function isNotHere({ code }: ManagerError): boolean {
  return code === 'CredentialsMissing' || code === 'CredentialsLocked';
}

/** A person waits: as long as for the API of a node. */
const sshConnectMs = 5_000;

function createDirectReader(session: Session, credentials: CredentialStore): Reader {
  const { cluster, sshKeyPassPath } = session.config();
  const client = createProxmoxClient({ cluster, credentials });
  const ssh = createSsh({
    ownKnownHostsFile: knownHostsFile(),
    connectTimeoutMs: sshConnectMs,
    passphraseFor: createPassphraseProvider(sshKeyPassPath),
  });
  const deps = {
    client,
    checkup: { config: session.config(), credentials, ssh },
    nodes: cluster.nodes.map((node) => node.name),
    now: () => new Date(),
    signal: session.interrupted,
  };
  return {
    via: 'direct',
    read: (request) => readView(deps, request),
    async close() {
      ssh.close();
      await client.close();
    },
  };
}
