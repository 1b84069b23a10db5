import type { RequestRecord } from '../simulator';
import { polledRows } from '../src/proxmox/api/tasks';

/** What a request is about, by its path. */
export type RequestClass =
  { readonly kind: 'guest'; readonly vmid: number } | { readonly kind: 'poll' | 'wide' };

const guestPath = /^\/nodes\/[^/]+\/qemu\/(\d+)(?:\/|$)/;
const pollPath = /^\/nodes\/[^/]+\/(?:tasks\/[^/]+\/(?:log|status)|qemu\/\d+\/agent\/ping)$/;

const taskList = /^\/nodes\/[^/]+\/tasks$/;

/**
 * A guest's own path, or a list that is asked for one guest (`vmid=`), is a request of that guest; a task's log
 * or status, the list that tells of many tasks at once, and whether a guest's agent answers yet, is a poll; the rest is about a node or the cluster.
 */
export function classify({ path, parameters }: Pick<RequestRecord, 'path' | 'parameters'>): RequestClass {
  const isList = taskList.test(path) && Number(parameters['limit']) === polledRows;
  if (isList || pollPath.test(path)) return { kind: 'poll' };
  const vmid = Number(guestPath.exec(path)?.[1] ?? parameters['vmid'] ?? Number.NaN);
  return Number.isInteger(vmid) ? { kind: 'guest', vmid } : { kind: 'wide' };
}

/** How often each guest was asked about, polls not counted. */
export function requestsByGuest(records: readonly RequestRecord[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const record of records) {
    const about = classify(record);
    if (about.kind === 'guest') counts.set(about.vmid, (counts.get(about.vmid) ?? 0) + 1);
  }
  return counts;
}

const windowMs = 10_000;

/** Polling requests a second: the most in any ten seconds (the first of a window is not counted: it closes the one before). */
export function mostPollsPerSecond(records: readonly RequestRecord[]): number {
  const times = records
    .filter((record) => classify(record).kind === 'poll')
    .map(({ receivedAtMs }) => receivedAtMs)
    .toSorted((a, b) => a - b);
  const counts = times.map((from, at) => times.slice(at).filter((time) => time - from < windowMs).length - 1);
  return Math.max(0, ...counts) / (windowMs / 1000);
}

/** When the first request that changes something arrived (real milliseconds since the epoch). */
export function firstChangeAtMs(records: readonly RequestRecord[]): number {
  return Math.min(
    ...records.filter(({ method }) => method !== 'GET').map(({ receivedAtMs }) => receivedAtMs),
  );
}
