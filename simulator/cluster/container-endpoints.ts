import { createHash } from 'node:crypto';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { guestFigures } from './figures';
import { guestLock, type GuestState } from './guests';
import { guestOnNode, guestsOfNode } from './state';

/** Configuration keys of containers that read as numbers (recording 9 l2). */
const numericKeys = [
  'memory',
  'swap',
  'cores',
  'onboot',
  'unprivileged',
  'template',
  'protection',
  'cpuunits',
  'tty',
  'console',
  'debug',
];
const mebibyte = 1024 ** 2;

/** Reading containers. They are listed and never changed. */
export const containerEndpoints: EndpointTable = {
  'GET /nodes/{node}/lxc': listContainers,
  'GET /nodes/{node}/lxc/{vmid}/config': readConfig,
  'GET /nodes/{node}/lxc/{vmid}/status/current': readStatus,
};

function listContainers(call: ApiCall): unknown {
  return guestsOfNode(call.cluster, call.node.name)
    .filter((guest) => guest.type === 'lxc' && call.may(`/vms/${guest.vmid}`, ['VM.Audit']))
    .map((guest) => containerRow(call, guest));
}

function containerRow({ cluster }: ApiCall, guest: GuestState): Record<string, unknown> {
  const { maxcpu, template, ...figures } = guestFigures(cluster, guest);
  const lock = guestLock(guest);
  const tags = guest.config.get('tags');
  return {
    vmid: guest.vmid,
    type: 'lxc',
    ...figures,
    cpus: maxcpu,
    swap: 0,
    maxswap: Number(guest.config.get('swap') ?? '512') * mebibyte,
    ...(template === 1 ? { template } : {}),
    ...(lock === undefined ? {} : { lock }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function readConfig(call: ApiCall): unknown {
  const guest = containerOf(call);
  const shown = [...guest.config].map(([key, value]) => [
    key,
    numericKeys.includes(key) ? Number(value) : value,
  ]);
  const digest = createHash('sha1')
    .update(JSON.stringify([...guest.config]))
    .digest('hex');
  return { ...Object.fromEntries(shown), digest };
}

function readStatus(call: ApiCall): unknown {
  const guest = containerOf(call);
  const resource = call.cluster.ha.resources.get(`ct:${guest.vmid}`);
  const managed =
    resource === undefined || resource.state === 'ignored'
      ? { managed: 0 }
      : { managed: 1, state: resource.state };
  return { ...containerRow(call, guest), ha: managed };
}

function containerOf({ cluster, node, parameters }: ApiCall): GuestState {
  const vmid = parameters.integer('vmid');
  return (
    guestOnNode(cluster, node.name, vmid, 'lxc') ??
    fail(`Configuration file 'nodes/${node.name}/lxc/${vmid}.conf' does not exist`)
  );
}
