import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import type { ClusterConfig } from '../config/clusterConfig';
import { absolutePath } from '../config/resolve';
import { ManagerError, problem } from '../domain/errors';

/** Where Ansible's files are on this machine. All paths are absolute. */
export interface PlaybookPlaces {
  /** The tree that playbooks are run in: `fleet_infra_path`. */
  readonly root: string;
  /** The folder of the playbooks. */
  readonly playbooks: string;
  readonly inventory: string;
  /** The settings of Ansible that count: those of the tree, else the user's, else the machine's. Absent: none. */
  readonly settings?: string;
}

/**
 * The places that cluster-config.yaml names. Relative paths are relative to `fleet_infra_path`, that one to the
 * configuration. Throws ConfigInvalid where one is not named or not there.
 */
export function playbookPlaces({
  file,
  conventions,
}: Pick<ClusterConfig, 'file' | 'conventions'>): PlaybookPlaces {
  const { fleetInfraPath, inventory, playbooks } = conventions.ansible;
  if (fleetInfraPath === undefined) throw unusable('fleet_infra_path', 'it names no fleet_infra_path', file);
  if (inventory === undefined) throw unusable('inventory', 'it names no inventory', file);
  const root = absolutePath(fleetInfraPath, join(file, '..'));
  const places = {
    root,
    playbooks: absolutePath(playbooks ?? 'playbooks', root),
    inventory: absolutePath(inventory, root),
  };
  requireFolder('fleet_infra_path', places.root, file);
  requireFolder('playbooks', places.playbooks, file);
  if (!existsSync(places.inventory)) throw unusable('inventory', `${places.inventory} does not exist`, file);
  const settings = settingsFiles(root).find((it) => existsSync(it));
  return { ...places, ...(settings === undefined ? {} : { settings }) };
}

/** Whether a path is the root of a tree, or below it. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

function settingsFiles(root: string): readonly string[] {
  return [join(root, 'ansible.cfg'), join(homedir(), '.ansible.cfg'), '/etc/ansible/ansible.cfg'];
}

function requireFolder(key: string, path: string, file: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw unusable(key, `${path} is no folder`, file);
}

function unusable(key: string, failed: string, file: string): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: `find the playbooks that ${file} names under ansible`,
      failed,
      remedy: `Correct ansible.${key} in ${file} (docs/ansible.md), then restart the worker.`,
    }),
  );
}
