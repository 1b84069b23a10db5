import { steadyText } from './clusterName';

/** One call of a run: a request to Proxmox or Kubernetes, a command or file operation over SSH, a run of a program. */
export interface Call {
  /**
   * `GET`, `POST`, ... of a request; `SSH` a command, `SFTP` a file operation, `PASS` the password store, `RUN` another
   * program, `K8S` a request to Kubernetes.
   */
  readonly method: string;
  /**
   * A request's path without /api2/json; else its words up to the first option. What differs from run to run (parts of
   * a UPID, the cluster's name) is `*`, as matchers write it.
   */
  readonly path: string;
  /** The first, second, ... of this method and path. */
  readonly occurrence: number;
}

/** As tables and `--only` write it: `POST /nodes/pve01/qemu/101/migrate #1`, `SSH pveum user list #2`. */
export function nameOf(call: Call): string {
  return `${call.method} ${call.path} #${call.occurrence}`;
}

/** What arrived, in its order, as calls. */
export function callsOf(arrivals: readonly Pick<Call, 'method' | 'path'>[]): Call[] {
  const counts = new Map<string, number>();
  return arrivals.map(({ method, path }) => {
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

/** Whether it changes something. */
export function isChange({ method, path }: Call): boolean {
  switch (method) {
    case 'GET':
      return false;
    case 'SSH':
      return !/^pveum( \S+)+ list\b|^pvesh get /.test(path);
    case 'SFTP':
      return !/^(stat|read|open \S+ r)\b/.test(path);
    case 'PASS':
      return !path.startsWith('show ');
    case 'RUN':
      return !/^talosctl (version|get|health|etcd members|gen config)\b|^flux version\b/.test(path);
    case 'K8S':
      return !path.startsWith('GET ');
    default:
      return !path.endsWith('/agent/ping');
  }
}

/**
 * UPID:node:pid:pstart:starttime:type:id:user: keeps what a run has in common with the next one. A file that is written
 * has a random name until it is whole, a template that is being built one of its own.
 */
function steadyPath(path: string): string {
  return steadyText(path)
    .replace(/\.pxm-[0-9a-f]{12}\b/g, '.pxm-*')
    .replace(/-v1-[0-9a-f]{8}\b/g, '-v1-*')
    .replace(/UPID:[^/]+/, (upid) => {
      const [, node = '*', , , , type = '*', id = '*'] = upid.split(':');
      return `UPID:${node}:*:${type}:${id}:*`;
    });
}
