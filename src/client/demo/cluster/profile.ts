/** The cluster that the demo makes. */
export const demoProfile = 'lab';

/** Name of the role of its control planes. */
export const controlPlaneRole = 'cp';

/** The control plane that is replaced. */
export const replacedMachine = `${demoProfile}-${controlPlaneRole}-2`;

/** Beside the configuration of the simulated cluster. */
export const deployKeyFile = 'fleet_key';

/** Its profile, as a person would write it. */
export const profileText = `name: ${demoProfile}
type: talos
template: talos
tags: [${demoProfile}]
roles:
  ${controlPlaneRole}: { kind: control-plane, count: 3, cores: 2, memory: 4GiB }
  worker: { kind: worker, count: 3, cores: 4, memory: 8GiB }
addressing: { kind: static, subnet: 10.0.40.0/24, gateway: 10.0.40.1, range: 10.0.40.21-10.0.40.29 }
talos: { version: v1.13.2, kubernetes_version: 1.35.2, virtual_address: 10.0.40.20 }
flux: { url: git@git.example:fleet.git, branch: main, path: clusters/${demoProfile}, key_secret: fleet_key }
`;
