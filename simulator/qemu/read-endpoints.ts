import { createHash } from 'node:crypto';
import { guestFigures } from '../cluster/figures';
import { guestLock, guestProcess, type GuestState } from '../cluster/guests';
import { guestOnNode, guestsOfNode } from '../cluster/state';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';

/** Reading virtual machines. */
export const qemuReadEndpoints: EndpointTable = {
  'GET /nodes/{node}/qemu': listMachines,
  'GET /nodes/{node}/qemu/{vmid}/config': readConfig,
  'GET /nodes/{node}/qemu/{vmid}/status/current': readStatus,
};

/** Configuration keys that read as numbers; all others are texts (observed: Types). */
const numericKeys = new Set([
  'acpi',
  'autostart',
  'balloon',
  'cores',
  'freeze',
  'kvm',
  'numa',
  'onboot',
  'protection',
  'reboot',
  'shares',
  'sockets',
  'tablet',
  'template',
  'vcpus',
]);

function listMachines(call: ApiCall): unknown {
  return guestsOfNode(call.cluster, call.node.name)
    .filter((guest) => guest.type === 'qemu' && call.may(`/vms/${guest.vmid}`, ['VM.Audit']))
    .map((guest) => machineRow(call, guest));
}

function machineRow({ cluster }: ApiCall, guest: GuestState): Record<string, unknown> {
  const { maxcpu, template, status, ...figures } = guestFigures(cluster, guest);
  const lock = guestLock(guest);
  const tags = guest.config.get('tags');
  const process = guestProcess(guest);
  return {
    vmid: guest.vmid,
    ...figures,
    cpus: maxcpu,
    status: status === 'stopped' ? 'stopped' : 'running',
    ...(process === undefined ? {} : { pid: process.pid }),
    ...(template === 1 ? { template } : {}),
    ...(lock === undefined ? {} : { lock }),
    ...(tags === undefined ? {} : { tags }),
    ...(cluster.version.major === 9 ? { memhost: process === undefined ? 0 : figures.mem } : {}),
  };
}

function readStatus(call: ApiCall): unknown {
  const guest = machineOf(call);
  const resource = call.cluster.ha.resources.get(`vm:${guest.vmid}`);
  const managed = resource !== undefined && resource.state !== 'ignored';
  const qmpstatus = guestProcess(guest)?.qemuStatus ?? 'stopped';
  return {
    ...machineRow(call, guest),
    qmpstatus,
    ha: managed ? { managed: 1, state: resource.state } : { managed: 0 },
    ...(qmpstatus === 'stopped' ? { clipboard: null } : {}),
  };
}

function readConfig(call: ApiCall): unknown {
  const guest = machineOf(call);
  const shown = [...guest.config].map(([key, value]) => [key, numericKeys.has(key) ? Number(value) : value]);
  const digest = createHash('sha1')
    .update(JSON.stringify([...guest.config]))
    .digest('hex');
  return { ...Object.fromEntries(shown), digest };
}

function machineOf({ cluster, node, parameters }: ApiCall): GuestState {
  const vmid = parameters.integer('vmid');
  return (
    guestOnNode(cluster, node.name, vmid, 'qemu') ??
    fail(`Configuration file 'nodes/${node.name}/qemu-server/${vmid}.conf' does not exist`)
  );
}
