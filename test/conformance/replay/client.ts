import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Json, JsonObject } from '../json';
import type { Answer } from '../recording';

/** A request that is ready to be sent. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, with the format prefix: `/api2/json/version`. */
  readonly path: string;
  readonly params: JsonObject | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Where to send it: a node's base address, e.g. `https://127.0.0.1:8006`, and the CA that vouches for it. */
export interface NodeAddress {
  readonly url: string;
  readonly ca: string;
}

const json: z.ZodType<Json> = z.json();
const formType = 'application/x-www-form-urlencoded';

/** How long an answer may take in real time, milliseconds. */
const answerTimeoutMs = 30_000;

function asForm(params: JsonObject): string {
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      form.append(key, typeof one === 'string' ? one : JSON.stringify(one));
    }
  }
  return form.toString();
}

interface EncodedRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** Parameters go into the query of GET, HEAD, OPTIONS and DELETE, and into the form of all others. */
function encode(outgoing: OutgoingRequest): EncodedRequest {
  const headers = { ...outgoing.headers };
  if (outgoing.body !== undefined) return { path: outgoing.path, headers, body: outgoing.body };
  const { params } = outgoing;
  if (params === null || Object.keys(params).length === 0)
    return { path: outgoing.path, headers, body: undefined };
  const form = asForm(params);
  if (['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(outgoing.method)) {
    const separator = outgoing.path.includes('?') ? '&' : '?';
    return { path: `${outgoing.path}${separator}${form}`, headers, body: undefined };
  }
  headers['Content-Type'] ??= formType;
  return { path: outgoing.path, headers, body: form };
}

/**
 * Sends one request on a connection of its own and gives the answer as it came; a cut connection has status 0 and the
 * error's text as reason.
 */
export function send(address: NodeAddress, outgoing: OutgoingRequest): Promise<Answer> {
  const { path, headers, body } = encode(outgoing);
  const base = new URL(address.url);
  return new Promise((resolve) => {
    const failed = (error: Error): void =>
      resolve({ status: 0, reason: error.message, headers: {}, body: undefined, task: undefined });
    const request = httpsRequest(
      {
        host: base.hostname,
        port: base.port,
        method: outgoing.method,
        path: encodeUnsafe(path),
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
        },
        ca: address.ca,
        agent: false,
        timeout: answerTimeoutMs,
      },
      (response) => {
        readAnswer(response).then(resolve, failed);
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', failed);
    request.end(body);
  });
}

/** Recorded paths hold characters that a request line must not. */
const encodeUnsafe = (path: string): string =>
  path.replace(/[^\u0021-\u007e]/g, (char) => encodeURIComponent(char));

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([key, value]) => [key, String(value)]),
  );
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    headers,
    body: parseBody(Buffer.concat(chunks)),
    task: undefined,
  };
}

/** JSON where it is JSON; else the text; undefined where there is nothing. Compressed bodies stay compressed text. */
function parseBody(bytes: Buffer): Json | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    gunzipSync(bytes);
    return bytes.toString('utf8');
  }
  const text = bytes.toString('utf8');
  try {
    return json.parse(JSON.parse(text));
  } catch {
    return text;
  }
}
