/** How a worker names itself to Temporal: the Web UI shows it, and `pxm doctor` reads the version out of it. */
export function workerIdentity(worker: {
  readonly pid: number;
  readonly host: string;
  readonly taskQueue: string;
  readonly version: string;
}): string {
  const { pid, host, taskQueue, version } = worker;
  return `${String(pid)}@${host} ${taskQueue} proxmox-manager/${version}`;
}

/** The version in a worker's identity; undefined for one that names none: another program, or a very old one. */
export function versionOfWorker(identity: string): string | undefined {
  return / proxmox-manager\/(\S+)$/.exec(identity)?.[1];
}
