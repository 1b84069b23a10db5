import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeSimulatedConfig } from '../../../src/client/processes/simulatedCluster';
import type { Equipment, Site } from './equipment';
import { makeRootHome } from './rootHome';

/**
 * A cluster that is set up: workers use the scenario's token, from a file. `more`: further sections of the
 * configuration; `files`: further files beside it, by their paths there.
 */
export function withToken(
  more: string,
  files: Readonly<Record<string, string>> = {},
): (site: Site) => Promise<Equipment> {
  return async ({ cluster, folder, simulator }) => {
    const { nodes, certificateAuthorityPem, token } = simulator;
    if (token === undefined) throw new Error('the scenario has no token');
    const ready = { cluster, nodes: [...nodes], certificateAuthorityPem, token };
    const { configFile } = writeSimulatedConfig(folder, ready);
    await appendFile(configFile, more);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return { configFile, environment: {}, close: () => Promise.resolve() };
  };
}

/** The same, and SSH to every node as root: what building templates needs. */
export function withTokenAndRoot(
  more: string,
  files: Readonly<Record<string, string>>,
): (site: Site) => Promise<Equipment> {
  return async (site) => {
    const equipment = await withToken(more, files)(site);
    return { ...equipment, environment: { HOME: await makeRootHome(site) } };
  };
}
