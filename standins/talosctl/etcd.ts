import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { ToolError, type Given } from '../cobra';
import type { StandInContext } from '../program';
import { addEtcdMember } from '../state/advance';
import { hasQuorum } from '../state/facts';
import type { Cluster, Machine, StandInState } from '../state/types';
import { machineOf, prefixed } from './access';

/** `talosctl bootstrap` */
export function bootstrap(context: StandInContext, given: Given): string {
  return context.change((state, now) => {
    const prefix = 'error executing bootstrap: ';
    const machine = prefixed(prefix, () => machineOf(state, given));
    const refuse = (code: string, desc: string) =>
      new ToolError(`${prefix}rpc error: code = ${code} desc = ${desc}`);
    if (machine.configuration?.kind !== 'controlplane') {
      throw refuse('FailedPrecondition', 'bootstrap can only be performed on a control plane node');
    }
    if (machine.phase !== 'running' || (machine.runsSince ?? now) + state.timings.settle > now) {
      throw refuse('FailedPrecondition', 'bootstrap is not available yet');
    }
    if (machine.hasEtcdData) throw refuse('AlreadyExists', 'etcd data directory is not empty');
    const cluster = clusterOf(state, machine);
    // Nothing keeps a second machine from beginning an etcd of its own.
    if (cluster.bootstraps.length > 0) cluster.hasSplitBrain = true;
    cluster.bootstraps.push(machine.uuid);
    cluster.bootstrappedAt ??= now;
    addEtcdMember(cluster, machine);
    return '';
  });
}

/** The cluster of a configured machine. */
export function clusterOf(state: StandInState, machine: Machine): Cluster {
  const cluster = state.clusters.find(({ id }) => id === machine.configuration?.cluster);
  if (cluster === undefined)
    throw new ToolError('rpc error: code = FailedPrecondition desc = machine is not configured');
  return cluster;
}

/** A control plane whose etcd answers. Throws ToolError otherwise. */
function etcdOf(state: StandInState, given: Given, attempted: string): Cluster {
  const machine = prefixed(`${attempted}: `, () => machineOf(state, given));
  const cluster = clusterOf(state, machine);
  if (!machine.hasEtcdData) {
    throw new ToolError(
      `${attempted}: rpc error: code = Unknown desc = failed to create etcd client: error building etcd client: open /system/secrets/etcd/admin.crt: no such file or directory`,
    );
  }
  if (!hasQuorum(cluster, state)) {
    throw new ToolError(`${attempted}: rpc error: code = DeadlineExceeded desc = context deadline exceeded`);
  }
  return cluster;
}

/** `talosctl etcd members` */
export function listMembers(context: StandInContext, given: Given): string {
  return context.change((state) => {
    const [node = ''] = given.list('nodes');
    const { etcdMembers } = etcdOf(state, given, 'error getting members');
    const rows = etcdMembers.map(({ id, uuid, hostname }) => {
      const address = state.machines.find((it) => it.uuid === uuid)?.address ?? 'unknown';
      return [node, id, hostname, `https://${address}:2380`, `https://${address}:2379`, 'false'];
    });
    return table([['NODE', 'ID', 'HOSTNAME', 'PEER URLS', 'CLIENT URLS', 'LEARNER'], ...rows]);
  });
}

/** `talosctl etcd remove-member` */
export function removeMember(context: StandInContext, given: Given): string {
  const [id = ''] = given.words;
  if (!/^[0-9a-f]{1,16}$/.test(id)) {
    throw new ToolError(`error parsing member ID: strconv.ParseUint: parsing "${id}": invalid syntax`);
  }
  return context.change((state) => {
    const cluster = etcdOf(state, given, 'error removing member');
    const left = cluster.etcdMembers.filter((member) => member.id !== id);
    const fail = (desc: string) => new ToolError(`rpc error: code = ${desc}`);
    if (left.length === cluster.etcdMembers.length)
      throw fail('NotFound desc = etcdserver: member not found');
    if (!hasQuorum({ ...cluster, etcdMembers: left }, state)) {
      throw fail(
        'Unknown desc = failed to remove member: etcdserver: re-configuration failed due to not enough started members',
      );
    }
    cluster.etcdMembers = left;
    return '';
  });
}

/** Columns as Go's tabwriter sets them. */
function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)) + 3);
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('');
  return `${rows.map(line).join('\n')}\n`;
}

const blockBytes = 512;
const checksumBytes = 32;

/** `talosctl etcd snapshot`: a file with the secrets of Kubernetes in it, and a checksum at its end. */
export function snapshot(context: StandInContext, given: Given): string {
  const [path = ''] = given.words;
  return context.change((state) => {
    const cluster = etcdOf(state, given, 'error reading file');
    const content = Buffer.alloc(8 * blockBytes);
    content.write(
      JSON.stringify({ token: cluster.kubernetesToken, nodes: cluster.nodes.map(({ name }) => name) }),
    );
    const bytes = Buffer.concat([content, randomBytes(checksumBytes)]);
    writeFileSync(path, bytes, { mode: 0o600 });
    return `etcd snapshot saved to "${path}" (${bytes.length} bytes)\n`;
  });
}
