import type { Problem } from '../../../domain/errors';
import { nodeVersion } from '../../../proxmox/api/node';
import { nodeBridges, nodeTimeSeconds } from '../../../proxmox/api/nodeFacts';
import { nodeTasks, type TaskRow } from '../../../proxmox/api/tasks';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import type { Need } from '../../inspection/privileges';
import { defaultNodePatienceMs } from '../deps';
import { factWithin, masked, type Fact } from './fact';
import type { NodeFacts } from './facts';
import { maskOfLacking, type Asking } from './readCluster';
import type { SeenNode } from './seeNode';
import { maskOfSilence, silenceOf } from './silence';

/** What only the node itself can tell. One that is not trusted from here is asked through another one. */
export async function readNode(asking: Asking, seen: SeenNode, view: NodeFacts['view']): Promise<NodeFacts> {
  const { mask, privileges, config, nodePatienceMs = defaultNodePatienceMs } = asking;
  const { node, certificate, answer, ssh } = seen;
  const { name } = node;
  const client = answer.known ? seen.client : asking.client;
  const open = silenceOf(seen) === undefined ? mask : maskOfSilence(name);
  const audit: Need = { path: `/nodes/${name}`, privileges: ['Sys.Audit'], below: false };
  const audited = open ?? maskOfLacking(privileges, audit);
  const bridge = config.conventions.defaults.networkBridge;
  const limits = {
    ...{ node: name, limitMs: nodePatienceMs },
    ...(asking.signal === undefined ? {} : { signal: asking.signal }),
  };
  const [version, clockSeconds, bridges, tasks] = await Promise.all([
    answer.known
      ? answer
      : factWithin(limits, open, async (options) => (await nodeVersion(client, name, options)).version),
    factWithin(limits, audited, (options) => clockOf(client, name, asking.now, options)),
    factWithin(limits, open, (options) => bridgesOf(client, name, bridge, options)),
    factWithin(limits, audited, (options) => runningTasks(client, name, options)),
  ]);
  const hang = [version, clockSeconds, bridges, tasks].map(hangOf).find((problem) => problem !== undefined);
  const hidden = <T>(fact: Fact<T>) => (hangOf(fact) === undefined ? fact : masked(maskOfSilence(name)));
  return {
    ...{ node, certificate, answer, view, ssh },
    ...{ version: hidden(version), clockSeconds: hidden(clockSeconds) },
    ...{ bridges: hidden(bridges), tasks: hidden(tasks) },
    ...(hang === undefined ? {} : { hang }),
  };
}

function hangOf(fact: Fact<unknown>): Problem | undefined {
  return !fact.known && 'problem' in fact && fact.problem.code === 'NodeUnreachable'
    ? fact.problem
    : undefined;
}

/** The answer is in whole seconds, and came some time after the clock was read: good to about a second. */
async function clockOf(
  client: ProxmoxClient,
  node: string,
  now: () => Date,
  options: CallOptions,
): Promise<number> {
  const askedMs = now().getTime();
  const seconds = await nodeTimeSeconds(client, node, options);
  const answeredMs = now().getTime();
  return Math.round(seconds + 0.5 - (askedMs + answeredMs) / 2000);
}

/** The bridges of the SDN are asked for only where the wanted one is not an ordinary one. */
async function bridgesOf(
  client: ProxmoxClient,
  node: string,
  wanted: string | undefined,
  options: CallOptions,
): Promise<readonly string[]> {
  const bridges = await nodeBridges(client, node, options);
  if (wanted === undefined || bridges.includes(wanted)) return bridges;
  return [...bridges, ...(await nodeBridges(client, node, { ...options, virtual: true }))];
}

/** The tasks that run on a node, from its own list. */
export async function runningTasks(
  client: ProxmoxClient,
  node: string,
  options: CallOptions,
): Promise<TaskRow[]> {
  const rows = await nodeTasks(client, node, { source: 'active' }, options);
  return rows.filter((row) => row.running);
}
