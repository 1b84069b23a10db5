import { readLimitMs } from './timeouts';
import type {
  ChangeCall,
  ParameterValue,
  ReadCall,
  RequestCounts,
  RequestCredentials,
  Timeouts,
} from './types';
import type { WireRequest } from './wire';

/** A request without its credentials: they are added for each sending, in case they were renewed. */
export interface UnsignedRequest extends WireRequest {
  /** What it counts as. */
  readonly counter: keyof RequestCounts;
  /** The path as people read it. */
  readonly shownPath: string;
  /** The node that the contacted one may have to ask. */
  readonly owner: string | undefined;
}

const base = '/api2/json';

/** The request of a read. */
export function readRequest(call: ReadCall, timeouts: Timeouts): UnsignedRequest {
  const kind = call.kind ?? 'quick';
  return {
    method: 'GET',
    path: withQuery(call.path, call.query),
    headers: {},
    limitMs: readLimitMs(kind, timeouts),
    signal: call.signal,
    fresh: false,
    counter: kind === 'poll' ? 'polls' : 'reads',
    shownPath: decodeURIComponent(call.path),
    owner: call.node,
  };
}

/** The request of a change: form body, but DELETE takes its parameters in the query (behaviour: 1.2). */
export function changeRequest(call: ChangeCall, timeouts: Timeouts): UnsignedRequest {
  const isDelete = call.method === 'DELETE';
  const form = isDelete ? '' : encode(call.parameters);
  return {
    method: call.method,
    path: isDelete ? withQuery(call.path, call.parameters) : `${base}${call.path}`,
    headers: form === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
    body: form === '' ? undefined : form,
    limitMs: timeouts.changeMs,
    signal: call.signal,
    fresh: true,
    counter: 'changes',
    shownPath: decodeURIComponent(call.path),
    owner: call.node,
  };
}

/** Adds what says whose request it is. The result is for the wire only. */
export function signed(request: UnsignedRequest, credentials: RequestCredentials | undefined): WireRequest {
  return { ...request, headers: { ...request.headers, ...headersOf(credentials, request.method) } };
}

function headersOf(
  credentials: RequestCredentials | undefined,
  method: WireRequest['method'],
): Record<string, string> {
  if (credentials === undefined) return {};
  const { secret } = credentials;
  if ('tokenId' in credentials) {
    return { authorization: `PVEAPIToken=${credentials.tokenId}=${secret.reveal()}` };
  }
  const cookie = `PVEAuthCookie=${encodeURIComponent(secret.reveal())}`;
  return method === 'GET' ? { cookie } : { cookie, csrfpreventiontoken: credentials.csrfToken.reveal() };
}

function withQuery(path: string, query: ReadCall['query']): string {
  const text = encode(query);
  return `${base}${path}${text === '' ? '' : `?${text}`}`;
}

function encode(parameters: Readonly<Record<string, ParameterValue>> | undefined): string {
  const pairs = Object.entries(parameters ?? {}).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (typeof value === 'object') return value.map((each) => [key, each] as [string, string]);
    return [[key, typeof value === 'boolean' ? String(Number(value)) : String(value)] as [string, string]];
  });
  return new URLSearchParams(pairs).toString();
}
