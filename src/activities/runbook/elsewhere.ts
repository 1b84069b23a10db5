import { request as httpsRequest } from 'node:https';

import { ManagerError, problem } from '../../domain/errors';
import type { StepAction } from '../../domain/runbook/plan';
import type { ActivityAttempt } from '../shared/attempt';
import type { RawAnswer } from './answer';
import type { RunnableStep } from './contract';
import type { StepTexts } from './texts';

const largestAnswerBytes = 1024 * 1024;
const defaultTimeoutMs = 60_000;

/**
 * A request to an https address that is not the cluster's, on a connection of its own. Certificates are verified;
 * redirections are not followed. Errors name the host and the kind of failure, nothing of what was sent.
 */
export async function askElsewhere(
  attempt: ActivityAttempt,
  step: RunnableStep,
  action: Extract<StepAction, { type: 'request' }>,
  texts: StepTexts,
): Promise<RawAnswer> {
  const isRead = action.method === 'GET';
  const { url, form, attempted } = addressOf(step, action, texts);
  const body = form === '' ? undefined : form;
  const headers = headersOf(action, texts, body, attempted);
  const timeoutMs = step.timeoutMs ?? defaultTimeoutMs;
  if (!isRead) attempt.requireAlive();
  const progress = { isSent: false };
  try {
    const answer = await new Promise<RawAnswer & { readonly status: number }>((resolve, reject) => {
      const limit = AbortSignal.any([attempt.signal, AbortSignal.timeout(timeoutMs)]);
      const request = httpsRequest(url, { method: action.method, headers, signal: limit, agent: false });
      request.once('socket', (socket) => socket.once('secureConnect', () => (progress.isSent = true)));
      request.once('error', reject);
      request.once('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= largestAnswerBytes) chunks.push(chunk);
        });
        response.once('error', reject);
        response.once('end', () =>
          resolve({ text: Buffer.concat(chunks).toString('utf8'), status: response.statusCode ?? 0 }),
        );
      });
      request.end(body);
    });
    return requireExpected(step, answer, attempted);
  } catch (error) {
    if (error instanceof ManagerError) throw error;
    const why = attempt.signal.aborted ? 'it was cancelled' : reasonOf(error);
    if (!isRead && progress.isSent)
      throw failure('OutcomeUnknown', attempted, `the request was sent, but ${why}`);
    throw failure(attempt.signal.aborted ? 'Interrupted' : 'CommandFailed', attempted, why);
  }
}

function addressOf(
  { title }: RunnableStep,
  { method, path, parameters }: Extract<StepAction, { type: 'request' }>,
  texts: StepTexts,
): { readonly url: URL; readonly form: string; readonly attempted: string } {
  const given = new URLSearchParams(
    parameters.map(({ name, value }): [string, string] => [name, texts.plain(value)]),
  );
  const address = texts.plain(path);
  if (!URL.canParse(address))
    throw failure('InputInvalid', `run the step "${title}"`, 'its address is no URL');
  const url = new URL(address);
  const attempted = `${method} https://${url.host}${url.pathname} (step "${title}")`;
  if (method !== 'GET' && method !== 'DELETE') return { url, form: given.toString(), attempted };
  for (const [name, value] of given) url.searchParams.append(name, value);
  return { url, form: '', attempted };
}

/** A line end in a header would begin another one: it is refused here, where the message holds nothing of it. */
function headersOf(
  action: Extract<StepAction, { type: 'request' }>,
  texts: StepTexts,
  body: string | undefined,
  attempted: string,
): Record<string, string> {
  const written = action.headers.map(({ name, value }) => [name, texts.secret(value).reveal()] as const);
  const bad = written.find(([, value]) => /[^\t\x20-\x7e\x80-\xff]/.test(value));
  if (bad !== undefined)
    throw failure('InputInvalid', attempted, `the header ${bad[0]} has a character that no header may have`);
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return { ...type, ...Object.fromEntries(written) };
}

function requireExpected(
  { expectations }: RunnableStep,
  answer: RawAnswer & { readonly status: number },
  attempted: string,
): RawAnswer {
  const isExpected = expectations.some((it) => it.kind === 'status');
  if (isExpected || (answer.status >= 200 && answer.status < 300)) return answer;
  throw new ManagerError(
    problem('CommandFailed', { attempted, failed: `HTTP status ${answer.status}`, status: answer.status }),
  );
}

function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'it failed';
  const name = 'name' in error ? error.name : '';
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer came in time';
  return 'code' in error && typeof error.code === 'string' ? `it failed (${error.code})` : 'it failed';
}

function failure(
  code: 'OutcomeUnknown' | 'Interrupted' | 'CommandFailed' | 'InputInvalid',
  attempted: string,
  failed: string,
): ManagerError {
  return new ManagerError(problem(code, { attempted, failed }));
}
