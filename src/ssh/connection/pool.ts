import pLimit, { type LimitFunction } from 'p-limit';

import { sshError } from '../failures';
import type { SshHost } from '../settings/host';
import { orCancelled } from './cancelled';
import type { SshConnection } from './connect';
import { NotStarted, SessionRefused } from './notStarted';

/** How connections are kept. */
export interface PoolOptions {
  readonly connect: (host: SshHost) => Promise<SshConnection>;
  /** Sessions (commands, file transfers) at once on one host. */
  readonly sessionsPerHost: number;
  /** A connection without a session is closed after this time. */
  readonly idleMs: number;
}

/** Connections that are kept and shared, one for each host. */
export interface SshPool {
  /**
   * Uses the host's connection as soon as fewer than the allowed number of sessions are under way. If `use` throws
   * NotStarted because the kept connection turned out to be dead, it is called once more with a new one.
   */
  session<T>(
    host: SshHost,
    attempted: string,
    signal: AbortSignal | undefined,
    use: (connection: SshConnection) => Promise<T>,
  ): Promise<T>;
  /** Closes everything at once and takes no further work. */
  close(): void;
}

interface Place {
  readonly limit: LimitFunction;
  /** Under way now. */
  sessions: number;
  connecting: Promise<SshConnection> | undefined;
  connection: SshConnection | undefined;
  idleTimer: NodeJS.Timeout | undefined;
}

/** Makes a pool without any connection. */
export function createPool(options: PoolOptions): SshPool {
  const places = new Map<string, Place>();
  let closed = false;

  function placeOf(host: SshHost): Place {
    const key = JSON.stringify([host.user, host.host, host.port]);
    const known = places.get(key);
    if (known !== undefined) return known;
    const place: Place = {
      limit: pLimit(options.sessionsPerHost),
      sessions: 0,
      connecting: undefined,
      connection: undefined,
      idleTimer: undefined,
    };
    places.set(key, place);
    return place;
  }

  async function connectionOf(place: Place, host: SshHost): Promise<SshConnection> {
    if (place.connection !== undefined && !place.connection.gone.aborted) return place.connection;
    place.connecting ??= connectAnew(place, host);
    return place.connecting;
  }

  async function connectAnew(place: Place, host: SshHost): Promise<SshConnection> {
    try {
      const connection = await options.connect(host);
      if (closed) connection.close();
      place.connection = connection;
      return connection;
    } finally {
      place.connecting = undefined;
    }
  }

  /** A session that nobody else has; resolves to what gives it back. */
  async function takeSession(place: Place, attempted: string, signal: AbortSignal | undefined) {
    const taken = new Promise<() => void>((resolve) => {
      void place.limit(async () => new Promise<void>((giveBack) => resolve(giveBack)));
    });
    try {
      return await orCancelled(taken, signal, attempted);
    } catch (error) {
      void taken.then((giveBack) => giveBack());
      throw error;
    }
  }

  async function useFresh<T>(
    connect: () => Promise<SshConnection>,
    use: (connection: SshConnection) => Promise<T>,
  ): Promise<T> {
    const connection = await connect();
    try {
      return await use(connection);
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
      connection.close();
      return use(await connect());
    }
  }

  function startIdling(place: Place): void {
    clearTimeout(place.idleTimer);
    place.idleTimer = setTimeout(() => drop(place), options.idleMs);
    place.idleTimer.unref();
  }

  function drop(place: Place): void {
    clearTimeout(place.idleTimer);
    place.connection?.close();
    place.connection = undefined;
  }

  return {
    async session(host, attempted, signal, use) {
      const place = placeOf(host);
      for (;;) {
        const giveBack = await takeSession(place, attempted, signal);
        clearTimeout(place.idleTimer);
        place.sessions += 1;
        try {
          if (closed) throw sshError('Interrupted', attempted, 'the program is ending');
          return await useFresh(async () => orCancelled(connectionOf(place, host), signal, attempted), use);
        } catch (error) {
          // The host allows fewer sessions than we thought: wait for one of ours to end.
          if (!(error instanceof SessionRefused) || place.sessions <= 1) throw error;
          place.limit.concurrency = place.sessions - 1;
        } finally {
          place.sessions -= 1;
          giveBack();
          if (place.sessions === 0) startIdling(place);
        }
      }
    },
    close() {
      closed = true;
      places.forEach(drop);
    },
  };
}
