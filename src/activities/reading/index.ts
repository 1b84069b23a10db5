import type { ActivityDependencies } from '../dependencies';
import { activity } from '../shared/attempt';
import type { ReadingActivities } from './contract';
import { packReading } from './pack';
import { readView } from './readView';
import { parseReadRequest } from './request';

/** The activities of the workflow `readCluster`. */
export function createReadingActivities({
  config,
  proxmox,
  credentials,
  ssh,
  talosFolder,
}: Pick<
  ActivityDependencies,
  'config' | 'proxmox' | 'credentials' | 'ssh' | 'talosFolder'
>): ReadingActivities {
  const nodes = config.cluster.nodes.map((node) => node.name);
  return {
    readCluster: activity(async ({ signal }, request) => {
      const checkup = { config, credentials, ssh };
      const deps = {
        ...{ client: proxmox, nodes, now: () => new Date(), signal, checkup },
        ...(talosFolder === undefined ? {} : { talosFolder }),
      };
      return packReading(await readView(deps, parseReadRequest(request)));
    }),
  };
}
