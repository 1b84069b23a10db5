import type { DispatchNotes } from '../http/dispatch';
import type { RawValue } from '../http/parameters';

/** How a request ended, seen from the server. */
export type RequestOutcome = 'open' | 'answered' | 'dropped' | 'client gone';

/** One request as the simulator saw it. Times are simulated seconds since the epoch. */
export interface RequestRecord {
  /** 1, 2, 3... in the order of arrival over all nodes. */
  readonly id: number;
  /** The contacted node. */
  readonly node: string;
  readonly method: string;
  /** The path after `/api2/json`, without the query. */
  readonly path: string;
  readonly receivedAt: number;
  /** When it arrived, in real milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** Query and body; secrets are replaced by `<removed>`. */
  parameters: Readonly<Record<string, unknown>>;
  answeredAt: number | undefined;
  status: number | undefined;
  reason: string | undefined;
  outcome: RequestOutcome;
  /** Filled in by the dispatcher: who, and which endpoint. */
  readonly notes: DispatchNotes;
}

const secretNames = /password|secret|ticket|otp|private|^value$|^keys?$/i;

/** Parameters as they may be shown. */
export function withoutSecrets(values: ReadonlyMap<string, RawValue>): Record<string, unknown> {
  return Object.fromEntries(
    [...values].map(([name, value]) => [name, secretNames.test(name) ? '<removed>' : value]),
  );
}

/** The path that requests are matched and listed by. */
export function pathOfUrl(url: string): string {
  const pathname = url.split('?')[0] ?? '/';
  const rest = pathname.replace(/^\/api2\/(json|extjs)/, '');
  try {
    return decodeURIComponent(rest).replace(/\/+$/, '') || '/';
  } catch {
    return rest;
  }
}
