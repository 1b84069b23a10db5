import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { stateFolder } from '../config/paths';
import { ManagerError, problem } from '../domain/errors';
import { findEmbeddedServer, lastEmbeddedServer, type LastEmbeddedServer } from './embeddedServer';

/** Where Temporal is, and how to talk to it. */
export interface ConnectionSettings {
  readonly address: string;
  readonly namespace: string;
  /** TLS, API key, metadata: as the `temporal` CLI would use them. */
  readonly options: Omit<NativeConnectionOptions, 'address'>;
  /** For messages: what named the address. */
  readonly source: 'temporal.toml or TEMPORAL_*' | 'the embedded server' | 'the default';
}

/** The settings of the `temporal` CLI, which may name no address. */
interface NamedSettings extends Omit<ConnectionSettings, 'address'> {
  readonly address: string | undefined;
}

/** A connected client. Whoever opened it closes it. */
export interface ConnectedClient {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  close(): Promise<void>;
}

const connectTimeoutMs = 5_000;

/**
 * The settings of the `temporal` CLI: the profile of temporal.toml (TEMPORAL_PROFILE, default `default`), then
 * TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*. Where these name no address: the
 * embedded server of the state folder if one was started there, else 127.0.0.1:7233. Throws ManagerError
 * `TemporalUnreachable` if that embedded server has died or is silent: another one at the default address would be a
 * stranger.
 */
export async function connectionSettings(): Promise<ConnectionSettings> {
  const named = namedSettings();
  if (named.address !== undefined) return { ...named, address: named.address };
  const folder = stateFolder();
  const embedded = await findEmbeddedServer(folder);
  if (embedded !== undefined) {
    return { ...named, address: embedded.address, source: 'the embedded server' };
  }
  const last = await lastEmbeddedServer(folder);
  if (last !== undefined) throw embeddedServerSilent(last);
  return { ...named, address: '127.0.0.1:7233', source: 'the default' };
}

/** What temporal.toml and TEMPORAL_* say; no address where they name none. */
export function namedSettings(): NamedSettings {
  const { connectionOptions, namespace } = loadSettings();
  const { address, ...options } = connectionOptions;
  return {
    address,
    namespace: namespace ?? 'default',
    options,
    source: 'temporal.toml or TEMPORAL_*',
  };
}

function embeddedServerSilent({ address, isAlive }: LastEmbeddedServer): ManagerError {
  const words = isAlive
    ? {
        failed: 'its process lives and does not answer: it is frozen, or the machine is very busy',
        remedy:
          'Try again. If it stays silent pxm up ends it and starts it anew: operations go on. For another server set TEMPORAL_ADDRESS.',
      }
    : {
        failed: 'it does not answer: it was killed, or the machine was started anew',
        remedy:
          'Start it again with pxm up: operations go on. For another server set TEMPORAL_ADDRESS; pxm down forgets this one until then.',
      };
  const attempted = `connecting to Temporal at ${address} (from the embedded server)`;
  return new ManagerError(problem('TemporalUnreachable', { attempted, ...words }));
}

/** Connects a client. Throws ManagerError `TemporalUnreachable` after 5 s without an answer. */
export async function connectClient(settings?: ConnectionSettings): Promise<ConnectedClient> {
  const { address, namespace, options, source } = settings ?? (await connectionSettings());
  const connection = await explainFailure(address, source, () =>
    Connection.connect({ ...options, address, connectTimeout: connectTimeoutMs }),
  );
  return {
    client: new Client({ connection, namespace }),
    connection,
    namespace,
    close: () => connection.close(),
  };
}

function loadSettings() {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw new ManagerError(
      problem('ConfigInvalid', {
        attempted: 'reading the connection settings of Temporal (temporal.toml, TEMPORAL_*)',
        failed: error instanceof Error ? error.message : String(error),
        remedy: 'Correct them; `temporal config get` shows what the temporal CLI reads.',
      }),
      { cause: error },
    );
  }
}

/** Throws ManagerError `TemporalUnreachable` for whatever `connect` throws. */
export async function explainFailure<T>(
  address: string,
  source: ConnectionSettings['source'],
  connect: () => Promise<T>,
): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    throw new ManagerError(
      problem('TemporalUnreachable', {
        attempted: `connecting to Temporal at ${address} (from ${source})`,
        failed: error instanceof Error ? error.message : String(error),
      }),
      { cause: error },
    );
  }
}
