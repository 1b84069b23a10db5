import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { withState } from '../state/store';
import { answerApi } from './api';
import { makeCertificate } from './certificate';
import { failure, type Answer } from './objects';

/** One request that was answered, for tests. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  /** 0: there was no answer. */
  readonly status: number;
}

/** A running Kubernetes API. */
export interface KubernetesApi {
  readonly url: string;
  readonly calls: readonly ApiCall[];
  close(): Promise<void>;
}

/**
 * Stands between a request and its handling: calls `handle` when it is to happen, and returns what is answered; undefined
 * breaks the connection.
 */
export type Between = (
  request: Pick<ApiCall, 'method' | 'path'>,
  handle: () => Answer | undefined,
) => Promise<Answer | undefined>;

/** Serves the Kubernetes APIs of all clusters in a state, told apart by their tokens; says in the state where it is. */
export async function startKubernetesApi(
  stateFile: string,
  between: Between = (_request, handle) => Promise.resolve(handle()),
): Promise<KubernetesApi> {
  const { certificate, key } = await makeCertificate();
  const calls: ApiCall[] = [];
  const server = createServer({ cert: certificate, key }, (message, response) => {
    exchange({ stateFile, calls, between }, message, response).catch(() => response.destroy());
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${portOf(server.address())}`;
  withState(stateFile, (state) => {
    state.kubernetesApi = { url, certificateAuthority: certificate };
  });
  return {
    url,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function exchange(
  {
    stateFile,
    calls,
    between,
  }: { readonly stateFile: string; readonly calls: ApiCall[]; readonly between: Between },
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = await textOf(message);
  const method = message.method ?? 'GET';
  const { pathname, searchParams } = new URL(message.url ?? '/', 'https://stand-in');
  const body = text === '' ? undefined : parsedJson(text);
  const token = /^Bearer (.+)$/.exec(message.headers.authorization ?? '')?.[1] ?? '';
  const request = { method, path: pathname, query: searchParams, token, body };
  const answer = await between({ method, path: pathname }, () =>
    text !== '' && body === undefined
      ? failure(400, 'BadRequest', 'the body is no JSON')
      : withState(stateFile, (state) => answerApi(state, Date.now(), request)),
  );
  calls.push({ method, path: pathname, status: answer?.status ?? 0 });
  if (answer === undefined) {
    message.socket.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer.body));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
