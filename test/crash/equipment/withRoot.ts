import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openPassGate } from '../pass/gate';
import { makePassStore } from '../pass/store';
import type { Equipment, Site } from './equipment';

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
  return async ({ cluster, folder, stateFolder, theatreFolder, simulator }) => {
    const { nodes, rootSshKey, control } = simulator;
    const home = join(folder, 'home');
    await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 });
    await writeFile(join(home, '.ssh/id_ed25519'), rootSshKey.privateKey, { mode: 0o600 });
    const hostKeys = nodes.map(({ ssh }) => `[${ssh.host}]:${ssh.port} ${ssh.hostKey}\n`);
    await writeFile(join(stateFolder, 'known_hosts'), hostKeys.join(''));
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
      ...{ configFile, store, passCalls: gate.calls },
      environment: {
        ...store.environment,
        HOME: home,
        PATH: `${gate.binFolder}:${process.env['PATH'] ?? ''}`,
      },
      close: () => gate.close(),
    };
  };
}
