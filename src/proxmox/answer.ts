import { z } from 'zod';

import type { WireAnswer } from './wire';

/** An answer with Proxmox's envelope opened. */
export interface ProxmoxAnswer {
  readonly status: number;
  /** First line of the message; the only text that 401 and 59x have (behaviour: 1.3). */
  readonly reason: string;
  readonly message?: string | undefined;
  /** Text by parameter. */
  readonly errors: ReadonlyMap<string, string>;
  /** Undefined if there is no envelope. */
  readonly data?: unknown;
}

const envelope = z.looseObject({
  data: z.unknown(),
  message: z.string().nullish(),
  errors: z.record(z.string(), z.unknown()).nullish(),
});

/** Opens the envelope; an answer without one keeps its status and reason. */
export function openEnvelope({ status, reason, body }: WireAnswer): ProxmoxAnswer {
  const parsed = envelope.safeParse(parseJson(body));
  if (!parsed.success) return { status, reason, errors: new Map() };
  const { data, message, errors } = parsed.data;
  const texts = Object.entries(errors ?? {}).map(([key, text]) => [key, String(text).trim()] as const);
  return { status, reason, message: message?.trim(), errors: new Map(texts), data };
}

/** All of Proxmox's own words: the message (longer than the reason: observed-9, HA rules) and the parameter errors. */
export function said(answer: ProxmoxAnswer): string {
  const lead = answer.message === undefined || answer.message === '' ? answer.reason : answer.message;
  const parameters = [...answer.errors].map(([key, text]) => `${key}: ${text}`);
  return [lead, ...parameters].join('; ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
