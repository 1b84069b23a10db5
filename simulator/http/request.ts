import type { IncomingMessage } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { readUpload, type UploadedForm } from './multipart';
import { TransportError } from './transport-error';
import type { RawValue } from './parameters';

/** The most that a body may hold (pve-http-server 5.2.1 and later). */
const largestBodyBytes = 512 * 1024;

const methodsWithBody = ['POST', 'PUT'];
const methods = ['GET', 'POST', 'PUT', 'DELETE'];

/** A request whose URL and body were read, before anything is looked up. */
export interface ReadRequest {
  readonly method: string;
  readonly format: 'json' | 'extjs';
  /** The path after the format, decoded, e.g. `/nodes/pve01/status`. */
  readonly path: string;
  readonly values: ReadonlyMap<string, RawValue>;
  /** The file of an upload. */
  readonly upload: UploadedForm | undefined;
}

/** Reads a request as pveproxy's HTTP server does; throws TransportError for what it answers by itself. */
export async function readRequest(message: IncomingMessage, major: 8 | 9): Promise<ReadRequest> {
  const method = message.method ?? 'GET';
  if (!methods.includes(method)) throw new TransportError(501, `method '${method}' not available`, 'empty');
  const url = new URL(message.url ?? '/', 'https://node');
  const { format, path } = splitPath(url.pathname);
  if (isUpload(message, method, path)) {
    const upload = readUpload(await buffer(message), message.headers['content-type'] ?? '');
    return { method, format, path, values: upload.values, upload };
  }
  const body = await readBody(message, method);
  const values = new Map<string, RawValue>(
    body === '' ? [] : parseBody(body, message.headers['content-type'], major),
  );
  for (const [name, value] of formValues(url.search.slice(1))) values.set(name, value);
  values.delete('_dc');
  return { method, format, path, values, upload: undefined };
}

/** Files of any size are taken there, and only there. */
function isUpload({ headers }: IncomingMessage, method: string, path: string): boolean {
  const isForm = headers['content-type']?.startsWith('multipart/form-data') ?? false;
  return isForm && method === 'POST' && /^\/nodes\/[^/]+\/storage\/[^/]+\/upload$/.test(path);
}

function splitPath(pathname: string): Pick<ReadRequest, 'format' | 'path'> {
  const [, format, rest = ''] = /^\/api2\/(json|extjs)(\/.*)?$/.exec(pathname) ?? [];
  if (format === 'json' || format === 'extjs') {
    return { format, path: decode(rest).replace(/\/+$/, '') || '/' };
  }
  const [, unknown = '', tail = ''] = /^\/api2\/([^/]*)(\/.*)?$/.exec(pathname) ?? [];
  throw new TransportError(501, `no formatter for uri ${tail === '' ? '/' : tail}, ${unknown}`, 'text');
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

async function readBody(message: IncomingMessage, method: string): Promise<string> {
  if (message.headers['transfer-encoding'] !== undefined) {
    throw new TransportError(501, 'chunked transfer encoding not supported', 'text');
  }
  const length = Number(message.headers['content-length'] ?? 0);
  if (length > 0 && !methodsWithBody.includes(method)) {
    throw new TransportError(501, `Unexpected content for method '${method}'`, 'text');
  }
  if (length > largestBodyBytes) throw new TransportError(501, 'for data too large', 'text');
  return length === 0 ? '' : text(message);
}

function parseBody(
  body: string,
  contentType: string | undefined,
  major: 8 | 9,
): Iterable<[string, RawValue]> {
  const type = contentType?.split(';')[0]?.trim() ?? '';
  if (type === '' || type === 'application/x-www-form-urlencoded') return formValues(body);
  if (type === 'application/json') return jsonValues(body, major);
  throw new TransportError(506, `upload 'Content-Type '${contentType}' not implemented`, 'text');
}

/** A repeated key becomes an array. */
function formValues(encoded: string): Map<string, RawValue> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(encoded))
    values.set(name, [...(values.get(name) ?? []), value]);
  return new Map([...values].map(([name, all]) => [name, all.length > 1 ? all : (all[0] ?? '')]));
}

function jsonValues(body: string, major: 8 | 9): Map<string, RawValue> {
  const parsed = parseJson(body, major);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new TransportError(
      500,
      'Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 941.',
      'line',
    );
  }
  const values = new Map<string, RawValue>();
  for (const [name, value] of Object.entries(parsed)) {
    if (value !== null && value !== undefined) values.set(name, jsonValue(value));
  }
  return values;
}

function jsonValue(value: unknown): RawValue {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return { unsupported: 'HASH' };
  const parts = value.map((part) => jsonValue(part));
  return parts.every((part) => typeof part === 'string') ? parts : { unsupported: 'ARRAY' };
}

/** The line of pve-http-server's source where a broken body ends (recordings 8 b2 and 9 m1). */
const failingLine = { 8: 917, 9: 934 };

function parseJson(body: string, major: 8 | 9): unknown {
  try {
    return JSON.parse(body);
  } catch {
    const complaint =
      'malformed JSON string, neither tag, array, object, number, string or atom, ' +
      `at character offset ${body.length} (before "(end of string)") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line ${failingLine[major]}.`;
    throw new TransportError(500, complaint, 'line');
  }
}
