import { drivesOf } from '../cluster/drives';
import type { GuestState } from '../cluster/guests';
import { guestsOfNode } from '../cluster/state';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { machineOf } from './machine';
import { configDigest, currentSection, snapshotSection } from './config-file';
import { futureConfig, shownConfig, shownValue } from './shown-config';
import { currentStatus, machineRow } from './status-rows';

/** Reading virtual machines (behaviour.md 5.9, 5.21). */
export const qemuReadEndpoints: EndpointTable = {
  'GET /nodes/{node}/qemu': listMachines,
  'GET /nodes/{node}/qemu/{vmid}': listParts,
  'GET /nodes/{node}/qemu/{vmid}/config': readConfig,
  'GET /nodes/{node}/qemu/{vmid}/pending': readPending,
  'GET /nodes/{node}/qemu/{vmid}/status': () => named(statusParts),
  'GET /nodes/{node}/qemu/{vmid}/status/current': (call) => currentStatus(call.cluster, machineOf(call)),
  'GET /nodes/{node}/qemu/{vmid}/feature': readFeature,
};

const statusParts = ['current', 'start', 'stop', 'reset', 'shutdown', 'suspend', 'reboot'];
const parts = [
  ...['config', 'pending', 'unlink', 'vncproxy', 'termproxy', 'migrate', 'resize', 'move', 'rrd', 'rrddata'],
  ...['monitor', 'agent', 'snapshot', 'spiceproxy', 'sendkey', 'firewall', 'mtunnel', 'remote_migrate'],
];

function named(names: readonly string[]): unknown {
  return names.map((subdir) => ({ subdir }));
}

function listParts(call: ApiCall): unknown {
  machineOf(call);
  return named(parts);
}

function listMachines(call: ApiCall): unknown {
  const full = call.parameters.flag('full');
  return guestsOfNode(call.cluster, call.node.name)
    .filter((guest) => guest.type === 'qemu' && call.may(`/vms/${guest.vmid}`, ['VM.Audit']))
    .map((guest) => machineRow(call.cluster, guest, full));
}

function readConfig(call: ApiCall): unknown {
  const guest = machineOf(call);
  return { ...shownConfig(wantedConfig(call, guest)), digest: configDigest(guest) };
}

function wantedConfig({ parameters }: ApiCall, guest: GuestState): ReadonlyMap<string, string> {
  const name = parameters.optionalText('snapshot');
  if (name !== undefined) {
    return snapshotSection(guest.snapshots.get(name) ?? fail(`snapshot '${name}' does not exist`));
  }
  return parameters.flag('current') ? currentSection(guest) : futureConfig(guest);
}

function readPending(call: ApiCall): unknown {
  const guest = machineOf(call);
  const { config, pending } = guest;
  const keys = new Set([...config.keys(), ...pending.keys()]);
  const rows = [...keys].map((key) => pendingRow(key, config.get(key), pending));
  return [...rows, { key: 'digest', value: configDigest(guest) }];
}

function pendingRow(
  key: string,
  value: string | undefined,
  pending: ReadonlyMap<string, string | undefined>,
): Record<string, unknown> {
  const wanted = pending.get(key);
  return {
    key,
    ...(value === undefined ? {} : { value: shownValue(key, value) }),
    ...(wanted === undefined ? {} : { pending: shownValue(key, wanted) }),
    ...(pending.has(key) && wanted === undefined ? { delete: 1 } : {}),
  };
}

/** Snapshots need qcow2 files or a storage that has them; linked clones need base images (behaviour.md 7.1). */
function readFeature(call: ApiCall): unknown {
  const guest = machineOf(call);
  const feature = call.parameters.text('feature');
  const volumes = drivesOf(guest.config).filter(({ options }) => options.get('media') !== 'cdrom');
  const has = volumes.every(({ file }) => {
    const storage = call.cluster.storages.get(file.split(':')[0] ?? '');
    if (feature === 'copy') return true;
    if (feature === 'clone') return file.includes('base-');
    return file.endsWith('.qcow2') || ['lvmthin', 'zfspool', 'rbd', 'btrfs'].includes(storage?.type ?? '');
  });
  const shared = volumes.every(({ file }) => call.cluster.storages.get(file.split(':')[0] ?? '')?.shared);
  const nodes = shared ? [...call.cluster.nodes.keys()] : [call.node.name];
  return { hasFeature: has ? 1 : 0, nodes };
}
