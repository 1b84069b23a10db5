import { appendFile } from 'node:fs/promises';
import { writeSimulatedConfig } from '../../../src/client/processes/simulatedCluster';
import type { Equipment, Site } from './equipment';

/** A cluster that is set up: workers use the scenario's token, from a file. `more`: further sections of the configuration. */
export function withToken(more: string): (site: Site) => Promise<Equipment> {
  return async ({ cluster, folder, simulator }) => {
    const { nodes, certificateAuthorityPem, token } = simulator;
    if (token === undefined) throw new Error('the scenario has no token');
    const ready = { cluster, nodes: [...nodes], certificateAuthorityPem, token };
    const { configFile } = writeSimulatedConfig(folder, ready);
    await appendFile(configFile, more);
    return { configFile, environment: {}, close: () => Promise.resolve() };
  };
}
