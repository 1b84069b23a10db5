import { plainText } from '../cli/json';
import { NotSimulated, type CommandContext, type Program } from '../shell/context';
import { callApi, errorOutput } from '../cli/call-api';

/** `ha-manager`, as far as reading and maintenance go (behaviour.md 11.5). */
export const haManagerProgram: Program = async (context, args) => {
  const [command = '', sub = '', action = '', node = ''] = args;
  if (command === 'status') return showStatus(context);
  if (command === 'config') return showConfig(context);
  if (command === 'crm-command' && sub === 'node-maintenance') return setMaintenance(context, action, node);
  throw new NotSimulated(`ha-manager ${command}`);
};

async function rowsFrom(context: CommandContext, path: string): Promise<Readonly<Record<string, unknown>>[]> {
  const { result } = await callApi(context, { method: 'GET', path, values: new Map() });
  const isRow = (row: unknown): row is Record<string, unknown> => typeof row === 'object' && row !== null;
  return Array.isArray(result) ? result.filter(isRow) : [];
}

async function showStatus(context: CommandContext): Promise<number> {
  for (const { type, status } of await rowsFrom(context, '/cluster/ha/status/current')) {
    if (type !== 'fencing') context.out(`${plainText(type)} ${plainText(status)}\n`);
  }
  return 0;
}

async function showConfig(context: CommandContext): Promise<number> {
  try {
    for (const row of await rowsFrom(context, '/cluster/ha/resources')) {
      const keys = Object.entries(row).filter(([key]) => !['sid', 'type', 'digest'].includes(key));
      context.out(
        `${plainText(row['sid'])}\n${keys.map(([key, value]) => `\t${key} ${plainText(value)}\n`).join('')}\n`,
      );
    }
    return 0;
  } catch (error) {
    context.err(errorOutput(error, 'ha-manager config'));
    return 255;
  }
}

/** The node is marked; the HA manager itself does not act in the simulator. */
function setMaintenance({ cluster, err }: CommandContext, action: string, node: string): number {
  if (!cluster.nodes.has(node)) {
    err(
      `400 Parameter verification failed.\nnode: no such cluster node '${node}'\nha-manager crm-command node-maintenance ${action} <node>\n`,
    );
    return 255;
  }
  if (action === 'enable') cluster.ha.maintenance.add(node);
  else cluster.ha.maintenance.delete(node);
  return 0;
}
