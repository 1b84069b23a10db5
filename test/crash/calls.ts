import type { RequestMatcher, RequestRecord } from '../../simulator';

/** One Proxmox call of a run. */
export interface Call {
  readonly method: string;
  /** Path without /api2/json; what differs from run to run (parts of a UPID) is `*`, as matchers write it. */
  readonly path: string;
  /** The first, second, ... request of this method and path. */
  readonly occurrence: number;
}

/** As tables and `--only` write it: `POST /nodes/pve01/qemu/101/migrate #1`. */
export function nameOf(call: Call): string {
  return `${call.method} ${call.path} #${call.occurrence}`;
}

/** Requests in their order of arrival as calls. */
export function callsOf(requests: readonly Pick<RequestRecord, 'method' | 'path'>[]): Call[] {
  const counts = new Map<string, number>();
  return requests.map(({ method, path }) => {
    const steady = steadyPath(path);
    const key = `${method} ${steady}`;
    const occurrence = (counts.get(key) ?? 0) + 1;
    counts.set(key, occurrence);
    return { method, path: steady, occurrence };
  });
}

/** The calls of the first run that every other run made too: polls vary in number. */
export function callsOfAll(runs: readonly (readonly Call[])[]): Call[] {
  const [first = [], ...others] = runs;
  const names = others.map((run) => new Set(run.map(nameOf)));
  return first.filter((call) => names.every((known) => known.has(nameOf(call))));
}

/** Which request of a simulator is this call. */
export function matcherOf({ method, path, occurrence }: Call): RequestMatcher {
  return { method, path, occurrence };
}

/** UPID:node:pid:pstart:starttime:type:id:user: keeps what a run has in common with the next one. */
function steadyPath(path: string): string {
  return path.replace(/UPID:[^/]+/, (upid) => {
    const [, node = '*', , , , type = '*', id = '*'] = upid.split(':');
    return `UPID:${node}:*:${type}:${id}:*`;
  });
}
