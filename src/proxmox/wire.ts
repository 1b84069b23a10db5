import type { TLSSocket } from 'node:tls';

import pLimit from 'p-limit';
import { buildConnector, Client, Pool, type Dispatcher } from 'undici';

import type { ClusterNode } from '../config/clusterConfig';
import { keepAliveMs } from './timeouts';
import type { Distrust, NodeTrust } from './trust';

/** One HTTP request, ready to be sent. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** On a connection of its own, made for this request and closed after it. */
  readonly fresh: boolean;
}

/** What came back. */
export interface WireAnswer {
  readonly status: number;
  readonly reason: string;
  readonly body: string;
}

/** No answer came. The message never holds anything of the request. */
export class WireFailure extends Error {
  constructor(
    /** `refused`: no connection. `distrusted`: its certificate. `lost`: broken afterwards. */
    readonly kind: 'refused' | 'distrusted' | 'lost' | 'timedOut' | 'cancelled',
    /** Whether the request may have reached the node. Exact for fresh connections only. */
    readonly maybeSent: boolean,
    message: string,
    readonly distrust?: Distrust,
  ) {
    super(message);
    this.name = 'WireFailure';
  }
}

/** The HTTP connections to one node. */
export interface NodeWire {
  /** Where it connects, e.g. `https://192.0.2.1:8006`. */
  readonly origin: string;
  /** Sends a request and reads the whole answer. Throws WireFailure. */
  send(request: WireRequest): Promise<WireAnswer>;
  close(): Promise<void>;
}

class DistrustedError extends Error {
  constructor(readonly distrust: Distrust) {
    super(distrust.reason);
  }
}

/** How many to have at once, and how long connecting may take. */
interface WireLimits {
  readonly concurrent: number;
  readonly connectMs: number;
}

/** Opens nothing yet: connections are made when requests need them. */
export function createNodeWire(node: ClusterNode, trust: NodeTrust, limits: WireLimits): NodeWire {
  const origin = `https://${node.host.includes(':') ? `[${node.host}]` : node.host}:${node.apiPort}`;
  const limit = pLimit(limits.concurrent);
  const connector = judgingConnector(trust, limits.connectMs);
  const clientOptions = {
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    // One limit for the whole exchange is set by each request instead.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const pool = new Pool(origin, { ...clientOptions, connections: limits.concurrent, connect: connector });
  const freshClients = new Set<Client>();
  let isClosed = false;

  async function sendFresh(request: WireRequest): Promise<WireAnswer> {
    let connected = false;
    const client = new Client(origin, {
      ...clientOptions,
      connect: (options, callback) => {
        connector(options, (...result: [null, TLSSocket] | [Error, null]) => {
          connected = result[0] === null;
          if (result[0] === null) callback(null, result[1]);
          else callback(result[0], null);
        });
      },
    });
    freshClients.add(client);
    try {
      return await exchange(client, request, { wasConnected: () => connected, isClosed: () => isClosed });
    } finally {
      freshClients.delete(client);
      await client.destroy();
    }
  }

  return {
    origin,
    send: async (request) =>
      limit(async () => {
        if (isClosed) throw new WireFailure('cancelled', false, 'the client was closed');
        if (request.fresh) return sendFresh(request);
        return exchange(pool, request, {
          wasConnected: (code) => !refusedCodes.has(code),
          isClosed: () => isClosed,
        });
      }),
    async close() {
      isClosed = true;
      await Promise.all([pool, ...freshClients].map(async (dispatcher) => dispatcher.destroy()));
    },
  };
}

type Connect = (
  options: buildConnector.Options,
  callback: (...result: [null, TLSSocket] | [Error, null]) => void,
) => void;

/** Connects, and hands the connection over only after its certificate was judged. */
function judgingConnector(trust: NodeTrust, connectMs: number): Connect {
  // No TLS session is resumed: Node does not check the identity of a resumed one again.
  const connect = buildConnector({ ...trust.tlsOptions, timeout: connectMs, maxCachedSessions: 0 });
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      const distrust = 'authorized' in socket ? trust.judge(socket) : undefined;
      if (!('authorized' in socket) || distrust !== undefined) {
        socket.destroy();
        callback(distrust === undefined ? new Error('not encrypted') : new DistrustedError(distrust), null);
        return;
      }
      callback(null, socket);
    });
  };
}

/** What is known of a connection when a request on it fails. */
interface Circumstances {
  readonly wasConnected: (errorCode: string) => boolean;
  readonly isClosed: () => boolean;
}

async function exchange(
  dispatcher: Dispatcher,
  request: WireRequest,
  circumstances: Circumstances,
): Promise<WireAnswer> {
  const limit = AbortSignal.timeout(request.limitMs);
  try {
    const { statusCode, statusText, body } = await dispatcher.request({
      method: request.method,
      path: request.path,
      headers: request.headers,
      body: request.body ?? null,
      reset: request.fresh,
      signal: request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]),
    });
    return { status: statusCode, reason: statusText, body: await body.text() };
  } catch (error) {
    const isCancelled = circumstances.isClosed() || (request.signal?.aborted ?? false);
    const connected = circumstances.wasConnected(errorCodeOf(error));
    throw toWireFailure(error, { isCancelled, isTimedOut: limit.aborted, connected });
  }
}

/** How failures to connect show in a pool. A fresh connection knows better: there these may come later too. */
const refusedCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

interface Ending {
  readonly isCancelled: boolean;
  readonly isTimedOut: boolean;
  readonly connected: boolean;
}

function toWireFailure(error: unknown, { isCancelled, isTimedOut, connected }: Ending): WireFailure {
  if (error instanceof DistrustedError) {
    return new WireFailure('distrusted', false, error.message, error.distrust);
  }
  if (isCancelled) return new WireFailure('cancelled', connected, 'the call was cancelled');
  if (isTimedOut) return new WireFailure('timedOut', connected, 'no answer within the time limit');
  const code = errorCodeOf(error);
  if (!connected) return new WireFailure('refused', false, `no connection (${code})`);
  return new WireFailure('lost', true, `the connection broke (${code})`);
}

/** The code alone: messages of libraries are not shown, they might quote the request. */
function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}
