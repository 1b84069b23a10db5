import type { ScenarioInput } from '../../simulator';
import type { CanaryToken } from './canary';
import type { SimulatorProcess } from './simulatorProcess';

/** Which guests stand on the node that is emptied. */
export interface Guests {
  /** Their memory is copied within a moment. */
  readonly small: readonly number[];
  /** Their copy takes several seconds at twenty times the speed. */
  readonly large: readonly number[];
}

/** Three nodes; the canary is the secret of the one API token. */
export function scenarioOf({ id, secret }: CanaryToken, guests: Guests): ScenarioInput {
  const [user = '', token = ''] = id.split('!');
  return {
    ...clusterOf('8.4', guests),
    access: {
      users: [{ id: user, tokens: [{ id: token, secret }] }],
      acl: [{ path: '/', user, role: 'Administrator' }],
    },
  };
}

/** The same cluster before anybody has set it up: there is only root, whose password is given. */
export function untouchedScenarioOf(rootPassword: string, guests: Guests): ScenarioInput {
  return { ...clusterOf('9', guests), access: { root_password: rootPassword, users: [] } };
}

function clusterOf(version: '8.4' | '9', { small, large }: Guests): ScenarioInput {
  const guest = (vmid: number, memory: number) => ({
    ...{ vmid, node: 'pve01', name: `app-${vmid}`, status: 'running' as const },
    config: { memory, cores: 1, scsi0: `nfs:${vmid}/vm-${vmid}-disk-0.qcow2,size=4G` },
  });
  return {
    version,
    nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03' }],
    storages: [{ id: 'nfs', type: 'nfs', content: ['images'] }],
    guests: [...small.map((vmid) => guest(vmid, 1024)), ...large.map((vmid) => guest(vmid, 32_768))],
  };
}

/** The cluster's name in every configuration of these tests. */
export const cluster = 'canary';

/** A configuration for the simulator. `credentials` and `more` are YAML; `fingerprint` pins every node's certificate. */
export function configOf(
  { nodes }: Pick<SimulatorProcess, 'nodes'>,
  credentials: string,
  more: { readonly fingerprint?: string; readonly sections?: string } = {},
): string {
  const pin = more.fingerprint === undefined ? '' : `, fingerprint: "${more.fingerprint}"`;
  return [
    'cluster:',
    `  name: ${cluster}`,
    ...(more.fingerprint === undefined ? ['  ca_file: ca.pem'] : []),
    '  nodes:',
    ...nodes.map(
      ({ name, host, port, ssh }) =>
        `    - { name: ${name}, host: ${host}, port: ${port}, ssh_port: ${ssh.port}${pin} }`,
    ),
    'credentials:',
    `  ${credentials}`,
    more.sections ?? '',
  ].join('\n');
}
