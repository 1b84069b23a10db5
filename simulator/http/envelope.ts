import { gzipSync } from 'node:zlib';
import { ApiError, NotSimulated, PasswordRefused } from './errors';
import { RawResult, ResultWithMembers } from './results';
import { TransportError } from './transport-error';

/** Bodies beyond this are compressed for clients that accept it (behaviour.md 1.3). */
const compressBeyondBytes = 1024;

/** An answer ready to be written. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What shapes an answer besides its content. */
export interface AnswerOptions {
  readonly format: 'json' | 'extjs';
  readonly acceptsGzip: boolean;
}

const common = { 'Cache-Control': 'max-age=0', Pragma: 'no-cache', Server: 'pve-api-daemon/3.0' };

/** The answer for a handler's result. */
export function answerResult(result: unknown, options: AnswerOptions): Answer {
  if (result instanceof RawResult)
    return { status: 200, reason: 'OK', headers: { ...common, ...result.headers }, body: result.body };
  const members = result instanceof ResultWithMembers ? result.members : {};
  const data = (result instanceof ResultWithMembers ? result.data : result) ?? null;
  const envelope = options.format === 'extjs' ? { data, success: 1, ...members } : { data, ...members };
  return json(200, 'OK', envelope, options);
}

/** The answer for anything thrown. */
export function answerError(error: unknown, options: AnswerOptions): Answer {
  if (error instanceof TransportError) return answerTransportError(error);
  if (!(error instanceof ApiError)) return internalError(error, options);
  if (error.status === 401 && !(error instanceof PasswordRefused)) return empty(error.status, error.message);
  if (error.status > 590) return empty(error.status, error.message);
  const message = error.status === 501 || error.status === 424 ? error.message : `${error.message}\n`;
  const content = { data: null, message, ...(error.errors === undefined ? {} : { errors: error.errors }) };
  if (options.format === 'extjs')
    return json(200, 'OK', { success: 0, status: error.status, ...content }, options);
  const answer = json(error.status, reasonOf(error.message), content, options);
  return error instanceof NotSimulated ? marked(answer, 'not implemented') : answer;
}

/** An answer without a body: only the reason phrase tells. */
export function empty(status: number, reason: string): Answer {
  return { status, reason: reasonOf(reason), headers: { ...common }, body: Buffer.alloc(0) };
}

function answerTransportError({ status, message, body }: TransportError): Answer {
  if (body === 'empty') return empty(status, message);
  const text = body === 'line' ? `${message}\n` : message;
  return { ...empty(status, message), body: Buffer.from(text) };
}

/** A mistake of the simulator itself: visible as such. */
function internalError(error: unknown, options: AnswerOptions): Answer {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const answer = json(
    500,
    'simulator: internal error',
    { data: null, message: `simulator: internal error: ${text}\n` },
    options,
  );
  return marked(answer, 'internal error');
}

/** Says in a header that the answer is not Proxmox's. */
function marked(answer: Answer, why: string): Answer {
  return { ...answer, headers: { ...answer.headers, 'X-Simulator': why } };
}

/** The first line, in characters that a reason phrase may hold. */
function reasonOf(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return Buffer.from(line, 'utf8')
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}

function json(status: number, reason: string, content: unknown, { acceptsGzip }: AnswerOptions): Answer {
  const plain = Buffer.from(JSON.stringify(content));
  const headers = { ...common, 'Content-Type': 'application/json;charset=UTF-8' };
  if (!acceptsGzip || plain.length <= compressBeyondBytes) return { status, reason, headers, body: plain };
  return { status, reason, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: gzipSync(plain) };
}
