import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openPassGate } from '../pass/gate';
import { makePassStore } from '../pass/store';
import type { Equipment, Site } from './equipment';
import { makeRootHome } from './rootHome';

/** What a worker with root's SSH key finds. */
export interface RootOptions {
  /** The section `access` of the configuration. */
  readonly access: object;
  /** Name of the entry in the password store. */
  readonly entry: string;
  /** What the entry holds, if there is one. */
  readonly stored?: string;
}

/** Root's SSH key on every node, the host keys known, the token in `pass`: a home folder as a person's. */
export function withRoot({ access, entry, stored }: RootOptions): (site: Site) => Promise<Equipment> {
  return async (site) => {
    const { cluster, folder, theatreFolder, simulator } = site;
    const { nodes, control } = simulator;
    const home = await makeRootHome(site);
    const configFile = join(folder, 'cluster-config.yaml');
    const settings = {
      cluster: {
        name: cluster,
        nodes: nodes.map(({ name, host, port, ssh }) => ({ name, host, port, ssh_port: ssh.port })),
      },
      credentials: { pass_path: entry, ssh_user: 'root' },
      access,
    };
    await writeFile(configFile, stringify(settings));
    const store = await makePassStore(folder, theatreFolder);
    if (stored !== undefined) store.insert(entry, stored);
    const gate = await openPassGate(folder, control.cluster.clock);
    return {
      ...{ configFile, store, gates: { PASS: gate.calls } },
      environment: {
        ...store.environment,
        HOME: home,
        PATH: `${gate.binFolder}:${process.env['PATH'] ?? ''}`,
      },
      close: () => gate.close(),
    };
  };
}
