import { z } from 'zod';
import { askSimulator, orderOfSimulator } from '../truth';

/** Which request is meant, as the simulator matches it: `*` stands for one part of the path. */
export interface RequestPattern {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
}

const requestTruth = z.object({
  id: z.number(),
  method: z.string(),
  path: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});
/** A request as the simulator saw it. */
export type DemoRequest = z.infer<typeof requestTruth>;

/** An answer that the simulator holds back: its request is done, and the worker does not know that. */
export interface HeldAnswer {
  /** The request, once it is done. */
  readonly request: () => Promise<DemoRequest | undefined>;
  /** Breaks the connection: the answer never comes. Without a request the order is withdrawn. */
  readonly lose: () => Promise<void>;
}

const ordered = z.object({ id: z.number() });
const heldNow = z.object({ request: requestTruth.nullable() });

/** Orders that the answer to the next such request is held back. */
export async function holdAnswer(controlUrl: string, matcher: RequestPattern): Promise<HeldAnswer> {
  const order = { matcher, moment: 'before answering' };
  const { id } = await orderOfSimulator(`${controlUrl}/holds`, order, ordered);
  const url = `${controlUrl}/holds/${id}`;
  return {
    request: async () => (await askSimulator(url, heldNow)).request ?? undefined,
    lose: async () => {
      await orderOfSimulator(`${url}/release`, { verdict: 'drop' }, z.unknown());
    },
  };
}

/** How often it was asked for the same, the first time included. */
export async function timesRequested(controlUrl: string, { id, ...meant }: DemoRequest): Promise<number> {
  const since = await askSimulator(`${controlUrl}/requests?after=${id - 1}`, z.array(requestTruth));
  return since.filter((it) => requestWords(it) === requestWords(meant)).length;
}

/** What a request asks for, e.g. `POST /nodes/pve01/qemu/900/clone (newid 1000)`. */
export function requestWords({ method, path, parameters }: Omit<DemoRequest, 'id'>): string {
  const { newid } = parameters;
  const made = typeof newid === 'string' || typeof newid === 'number' ? ` (newid ${newid})` : '';
  return `${method} ${path}${made}`;
}
