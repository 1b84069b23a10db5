import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * The user's folders, by the XDG base directory specification (on macOS and Windows their own conventions).
 * PXM_STATE_FOLDER and PXM_CACHE_FOLDER name other ones: the demo and the tests have theirs. Nothing is created here.
 */

/** What outlives a restart: the embedded server's database, reports, logs. */
export function stateFolder(): string {
  const { log, data } = standardFolders();
  // env-paths has XDG_STATE_HOME under `log`, and only on Linux and its like.
  const standard = process.platform === 'darwin' || process.platform === 'win32' ? data : log;
  return overridden('PXM_STATE_FOLDER') ?? standard;
}

/** What can be fetched again: the `temporal` executable. */
export function cacheFolder(): string {
  return overridden('PXM_CACHE_FOLDER') ?? standardFolders().cache;
}

/** Where a cluster-config.yaml for every folder may lie. */
export function configFolder(): string {
  return standardFolders().config;
}

/** Host keys of nodes that were accepted here, beside those in the user's own files. */
export function knownHostsFile(): string {
  return join(stateFolder(), 'known_hosts');
}

/** Reports of closed operations. */
export function reportsFolder(): string {
  return join(stateFolder(), 'reports');
}

/** Runs of Ansible playbooks of this machine, and what Ansible keeps for itself. */
export function ansibleFolder(): string {
  return join(stateFolder(), 'ansible');
}

/** Folders of the secrets of Talos clusters: by Proxmox cluster, profile and instance. */
export function talosFolder(): string {
  return join(stateFolder(), 'talos');
}

/** Database of the embedded Temporal server. */
export function embeddedDatabaseFile(): string {
  return join(stateFolder(), 'temporal.db');
}

function standardFolders() {
  return envPaths('proxmox-manager', { suffix: '' });
}

function overridden(variable: string): string | undefined {
  const folder = process.env[variable];
  return folder === undefined || folder === '' ? undefined : resolve(folder);
}
