import type { NodeState } from '../../cluster/nodes';
import { isQuorate, members as allMembers, onlineMembers } from '../../cluster/quorum';
import { NotSimulated, type CommandContext, type Program } from '../shell/context';
import { printed, textOf, toolProgram, type Tool } from '../cli/tool';
import { readUsage } from '../cli/usage';

/** `pvecm`: corosync as this node sees it. */
export const pvecmProgram: Program = (context, args) => {
  const [command, votes] = args;
  switch (command) {
    case 'status':
      context.out(statusText(context));
      return 0;
    case 'nodes':
      context.out(
        `${membersHeader}${membersOf(context)
          .map((node) => memberLine(context, node))
          .join('')}`,
      );
      return 0;
    case 'expected':
      return expectVotes(context, Number(votes));
    default:
      throw new NotSimulated(`pvecm ${command ?? ''}`);
  }
};

const membersHeader = '\nMembership information\n----------------------\n    Nodeid      Votes Name\n';

function membersOf({ cluster, node }: CommandContext): NodeState[] {
  return onlineMembers(cluster, node).sort((one, other) => one.nodeId - other.nodeId);
}

function memberLine({ node }: CommandContext, { nodeId, name }: NodeState): string {
  return `${String(nodeId).padStart(10)}          1 ${name}${name === node.name ? ' (local)' : ''}\n`;
}

function hexId(nodeId: number): string {
  return `0x${nodeId.toString(16).padStart(8, '0')}`;
}

/** Fewer votes than there are members would be a lie, and is refused (recording g1). */
function expectVotes(context: CommandContext, votes: number): number {
  if (votes >= membersOf(context).length) return 0;
  context.err('Unable to set expected votes: CS_ERR_INVALID_PARAM\n');
  return 1;
}

function statusText(context: CommandContext): string {
  const { cluster, node } = context;
  const all = allMembers(cluster).length;
  const members = membersOf(context);
  const quorate = isQuorate(cluster, node);
  const date = new Date(cluster.clock.now() * 1000)
    .toUTCString()
    .replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*$/, '$1 $3 $2 $5 $4');
  const lines = members.map(
    ({ nodeId, ip, name }) => `${hexId(nodeId)}          1 ${ip}${name === node.name ? ' (local)' : ''}\n`,
  );
  return [
    'Cluster information\n-------------------\n',
    `Name:             ${cluster.name ?? ''}\n`,
    `Config Version:   ${all}\n`,
    'Transport:        knet\nSecure auth:      on\n\n',
    'Quorum information\n------------------\n',
    `Date:             ${date}\n`,
    'Quorum provider:  corosync_votequorum\n',
    `Nodes:            ${members.length}\n`,
    `Node ID:          ${hexId(node.nodeId)}\n`,
    `Ring ID:          1.${(members.length * 6).toString(16)}\n`,
    `Quorate:          ${quorate ? 'Yes' : 'No'}\n\n`,
    'Votequorum information\n----------------------\n',
    `Expected votes:   ${all}\nHighest expected: ${all}\nTotal votes:      ${members.length}\n`,
    `Quorum:           ${Math.floor(all / 2) + 1} ${quorate ? ' ' : 'Activity blocked'}\n`,
    `Flags:            ${quorate ? 'Quorate ' : ''}\n\n`,
    'Membership information\n----------------------\n    Nodeid      Votes Name\n',
    ...lines,
  ].join('');
}

const nodeOfTask = (values: Map<string, unknown>): string => String(values.get('upid')).split(':')[1] ?? '';

const pvenode: Tool = {
  usage: readUsage(
    'pvenode',
    `
task list  [OPTIONS] [FORMAT_OPTIONS]
task log <upid> [OPTIONS]
task status <upid> [FORMAT_OPTIONS]
`,
  ),
  aliases: {},
  commands: {
    'task list': { endpoint: 'GET /nodes/{node}/tasks', output: printed },
    'task status': { endpoint: 'GET /nodes/{node}/tasks/{upid}/status', output: printed },
    'task log': {
      options: {},
      run: ({ cluster, out }, values) => {
        const task = cluster.tasks.find(textOf(values.get('upid')), nodeOfTask(new Map(values)));
        for (const line of task?.lines ?? []) out(`${line}\n`);
        return 0;
      },
    },
  },
};

/** `pvenode`: tasks of this node. */
export const pvenodeProgram = toolProgram(pvenode);
