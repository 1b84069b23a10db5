import { ManagerError, problem, type ErrorCode } from '../domain/errors';
import type { Secret } from '../domain/secret';
import { said, type ProxmoxAnswer } from './answer';
import { answerRules } from './answerRules';
import type { WireFailure } from './wire';

/** What was attempted. */
export interface Attempt {
  readonly method: string;
  readonly path: string;
  /** The node that was contacted. */
  readonly contact: string;
  readonly kind: 'read' | 'change';
  /** Never shown: it is cut out of every text of the answer. */
  readonly secret?: Secret | undefined;
}

/** The error for an answer that is not a success. */
export function answerError(attempt: Attempt, answer: ProxmoxAnswer): ManagerError {
  const text = withoutSecret(said(answer), attempt.secret);
  for (const rule of answerRules) {
    if (rule.kind !== undefined && rule.kind !== attempt.kind) continue;
    if (!rule.status.includes(answer.status)) continue;
    const match = rule.text.exec(text);
    if (match === null) continue;
    const remedy = rule.remedy?.(match);
    return fail(attempt, rule.code, rule.failed, { proxmoxSaid: text, status: answer.status, remedy });
  }
  return fail(attempt, 'AnswerUnreadable', `unexpected HTTP status ${answer.status}`, {
    proxmoxSaid: text,
    status: answer.status,
  });
}

/** The error for a request without an answer. */
export function wireError(attempt: Attempt, failure: WireFailure): ManagerError {
  if (failure.kind === 'distrusted' && failure.distrust !== undefined) {
    const { expected, presented, reason } = failure.distrust;
    return fail(
      attempt,
      'TlsMismatch',
      `the certificate of ${attempt.contact} is not trusted (${reason}): expected ${expected}, got ${presented}`,
    );
  }
  if (attempt.kind === 'change' && failure.maybeSent) {
    return fail(attempt, 'OutcomeUnknown', `the request was sent, but no answer came: ${failure.message}`);
  }
  if (failure.kind === 'cancelled') return fail(attempt, 'Interrupted', failure.message);
  return fail(attempt, 'NodeUnreachable', `${attempt.contact} does not answer: ${failure.message}`);
}

/** The error for an answer of status 200 in a form that the product does not know. */
export function unreadableError(attempt: Attempt, why: string): ManagerError {
  // A change that was answered with 200 has been made: to call it failed would be untrue.
  const code = attempt.kind === 'change' ? 'OutcomeUnknown' : 'AnswerUnreadable';
  return fail(attempt, code, `the answer has an unknown form (${why})`, { status: 200 });
}

interface Details {
  readonly proxmoxSaid?: string;
  readonly status?: number;
  readonly remedy?: string | undefined;
}

/** The node that owns a path of the API. */
const nodePath = /^\/nodes\/([^/]+)\//;

function fail(attempt: Attempt, code: ErrorCode, failed: string, details: Details = {}): ManagerError {
  const { remedy, ...rest } = details;
  const node = nodePath.exec(attempt.path)?.[1];
  return new ManagerError(
    problem(code, {
      attempted: `${attempt.method} ${attempt.path} on ${attempt.contact}`,
      failed,
      contact: attempt.contact,
      ...(node === undefined ? {} : { node }),
      ...rest,
      ...(remedy === undefined ? {} : { remedy }),
    }),
  );
}

function withoutSecret(text: string, secret: Secret | undefined): string {
  if (secret === undefined) return text;
  const value = secret.reveal();
  return text.replaceAll(value, '[secret]').replaceAll(encodeURIComponent(value), '[secret]');
}
