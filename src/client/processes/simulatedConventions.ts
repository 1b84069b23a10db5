import type { SimulatorReady } from './simulatedCluster';

/** Conventions as an administrator of the simulated cluster would set them: storage of disks, bridge, ranges of VMIDs. */
export function simulatedConventions(storages: NonNullable<SimulatorReady['storages']>): object {
  const forDisks = storages.filter(({ content }) => content.includes('images'));
  const storage = forDisks.find(({ shared }) => shared) ?? forDisks[0];
  return {
    defaults: { ...(storage === undefined ? {} : { storage: storage.id }), network_bridge: 'vmbr0' },
    vmid_ranges: { templates: '900-999', vms: '1000-9999' },
  };
}
