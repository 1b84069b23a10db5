/** Which Proxmox VE the simulated nodes run. Figures: recordings a0/a1 of each version. */
export interface ProxmoxVersion {
  readonly major: 8 | 9;
  readonly version: string;
  readonly release: string;
  readonly repoid: string;
  /** Version of QEMU, as in `meta: creation-qemu=` and `running-qemu`. */
  readonly qemu: string;
  readonly kernelRelease: string;
}

/** The version that a node runs: the cluster's, but for what differs on it (a rolling upgrade). */
export function versionOnNode(
  common: ProxmoxVersion,
  { exactVersion }: { readonly exactVersion: Partial<ProxmoxVersion> },
): ProxmoxVersion {
  return { ...common, ...exactVersion };
}

/** The 8.4 of the recordings. */
export const version8: ProxmoxVersion = {
  major: 8,
  version: '8.4.1',
  release: '8.4',
  repoid: '2a5fa54a8503f96d',
  qemu: '10.0.2',
  kernelRelease: '6.8.12-9-pve',
};

/** The 9.2 of the recordings. */
export const version9: ProxmoxVersion = {
  major: 9,
  version: '9.2.11',
  release: '9.2',
  repoid: '14a22df35955d97d',
  qemu: '10.2.2',
  kernelRelease: '6.17.2-1-pve',
};
