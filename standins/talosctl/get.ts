import { ToolError, type Given } from '../cobra';
import type { StandInContext } from '../program';
import type { Cluster, Machine, StandInState } from '../state/types';
import { machineOf } from './access';

/** `talosctl get <type>`: the few resources that there are. */
export function getResource(context: StandInContext, given: Given): string {
  const [type = ''] = given.words;
  return context.change((state) => {
    const machine = machineOf(state, given);
    const found = Object.entries(resources).find(([name]) => isNamed(name, type));
    if (found === undefined) {
      throw new ToolError(`rpc error: code = NotFound desc = resource "${type}" is not registered`);
    }
    const [name, { id, namespace, spec, isThere }] = found;
    // A list without anything in it is no failure.
    if (isThere?.(machine, state) === false) return '';
    const resource = {
      metadata: {
        namespace,
        type: `${name}s.talos.dev`,
        id,
        version: '1',
        owner: `${name}Controller`,
        phase: 'running',
      },
      node: machine.address,
      spec: spec(machine, state),
    };
    return shown(given.text('output') ?? 'table', resource);
  });
}

/** Names of types are not told apart by case, and may stand in the plural. */
function isNamed(name: string, wanted: string): boolean {
  const lower = wanted.toLowerCase();
  return [name.toLowerCase(), `${name.toLowerCase()}s`, `${name.toLowerCase()}es`].includes(lower);
}

interface Resource {
  readonly id: string;
  readonly namespace: string;
  readonly spec: (machine: Machine, state: StandInState) => object;
  /** Absent: each machine has one. */
  readonly isThere?: (machine: Machine, state: StandInState) => boolean;
}

function memberOf(clusters: readonly Cluster[], uuid: string) {
  return clusters.flatMap(({ etcdMembers }) => etcdMembers).find((it) => it.uuid === uuid);
}

const resources: Readonly<Record<string, Resource>> = {
  MachineStatus: {
    id: 'machine',
    namespace: 'runtime',
    spec: (machine) => ({
      stage: stageOf(machine),
      status: { ready: stageOf(machine) === 'running', unmetConditions: [] },
    }),
  },
  SystemInformation: {
    id: 'systeminformation',
    namespace: 'hardware',
    spec: ({ uuid }) => ({ manufacturer: 'QEMU', productname: 'Standard PC (Q35 + ICH9, 2009)', uuid }),
  },
  EtcdMember: {
    id: 'local',
    namespace: 'etcd',
    spec: ({ uuid }, { clusters }) => ({ memberID: memberOf(clusters, uuid)?.id ?? '' }),
    isThere: ({ uuid }, { clusters }) => memberOf(clusters, uuid) !== undefined,
  },
  HostnameStatus: {
    id: 'hostname',
    namespace: 'network',
    spec: ({ configuration }) => ({ hostname: configuration?.hostname ?? 'talos', domainname: '' }),
  },
};

/** A control plane boots until its etcd runs. */
function stageOf({ phase, configuration, hasEtcdData }: Machine): string {
  if (phase !== 'running') return phase;
  return configuration?.kind === 'controlplane' && !hasEtcdData ? 'booting' : 'running';
}

function shown(
  output: string,
  resource: { readonly node: string; readonly metadata: { readonly id: string } },
): string {
  switch (output) {
    case 'json':
      return `${JSON.stringify(resource, undefined, 4)}\n`;
    case 'table':
      return `NODE   ID\n${resource.node}   ${resource.metadata.id}\n`;
    default:
      throw new ToolError(`output format "${output}" is not supported`);
  }
}
