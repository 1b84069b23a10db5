/** The process of a worker. */
interface WorkerProcess {
  readonly pid: number;
  readonly host: string;
}

/** What a worker's identity says of it. */
interface IdentifiedWorker extends WorkerProcess {
  readonly taskQueue: string;
  readonly version: string;
}

/** How a worker names itself to Temporal: the Web UI shows it, and `pxm doctor` reads process and version out of it. */
export function workerIdentity(worker: IdentifiedWorker): string {
  return `${beginning(worker)}${worker.taskQueue} proxmox-manager/${worker.version}`;
}

/** The version in a worker's identity; undefined for one that names none: another program, or a very old one. */
export function versionOfWorker(identity: string): string | undefined {
  return / proxmox-manager\/(\S+)$/.exec(identity)?.[1];
}

/** Whether an identity is that of a worker in this process. */
export function isOfProcess(identity: string, process: WorkerProcess): boolean {
  return identity.startsWith(beginning(process));
}

function beginning({ pid, host }: WorkerProcess): string {
  return `${String(pid)}@${host} `;
}
