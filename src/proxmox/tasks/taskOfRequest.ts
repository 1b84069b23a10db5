/** The task that a request begins, as the list of its node's tasks shows it. */
export interface BegunTask {
  readonly node: string;
  /** One of these types. */
  readonly types: readonly string[];
  /** What it works on. */
  readonly id: string;
  /** The guest that a clone makes, and where: its task carries the VMID of what is cloned. */
  readonly makes?: { readonly node: string; readonly vmid: number };
  /**
   * Whether the same request may be sent again where no task of the first one is found: Proxmox refuses it, or it
   * changes nothing, should the first one arrive late.
   */
  readonly isRepeatable: boolean;
}

/** A request of which the task is looked for. */
export interface TaskRequest {
  readonly method: string;
  /** Path below `/api2/json`, its parts URL-encoded, without a query. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const guestPath = /^\/nodes\/([^/]+)\/(qemu|lxc)\/(\d+)(?:\/(.*))?$/;
const downloadPath = /^\/nodes\/([^/]+)\/storage\/[^/]+\/download-url$/;
const createPath = /^\/nodes\/([^/]+)\/(qemu|lxc)$/;

/**
 * Which task a request begins (schema of 8.4 and 9.2, types and ids as recorded). Undefined: none,
 * or one that can't be told from others' by its type and object.
 */
export function taskOfRequest({ method, path, parameters }: TaskRequest): BegunTask | undefined {
  const [, createNode, createKind] = createPath.exec(path) ?? [];
  const vmid = parameters['vmid'];
  if (
    method === 'POST' &&
    createNode !== undefined &&
    (typeof vmid === 'string' || typeof vmid === 'number')
  ) {
    const prefix = createKind === 'lxc' ? 'vz' : 'qm';
    return {
      node: createNode,
      types: [`${prefix}create`, `${prefix}restore`],
      id: String(vmid),
      isRepeatable: true,
    };
  }
  const [, imageNode] = downloadPath.exec(path) ?? [];
  const filename = parameters['filename'];
  if (
    method === 'POST' &&
    imageNode !== undefined &&
    typeof filename === 'string' &&
    /^[\w.-]+$/.test(filename)
  ) {
    // With a checksum a file that is there already is left alone; without one it is an error.
    return { node: imageNode, types: ['download'], id: filename, isRepeatable: true };
  }
  const [, node, kind, id, rest = ''] = guestPath.exec(path) ?? [];
  if (node === undefined || id === undefined) return undefined;
  const types = guestTask(method, kind === 'lxc' ? 'vz' : 'qm', rest);
  if (types === undefined) return undefined;
  const isRepeatable = !isRelative(parameters) && !types.some((type) => actsEachTime.has(type));
  return { node, types, id, ...madeBy(types, node, parameters), isRepeatable };
}

/** A second restart is a second one, and a second disk leaves the first as unused (behaviour: POST config). */
const actsEachTime: ReadonlySet<string> = new Set([...['qmreset', 'qmreboot', 'vzreboot'], 'qmconfig']);

/** The VMID and the node of a clone. */
function madeBy(
  types: readonly string[],
  node: string,
  { newid, target }: TaskRequest['parameters'],
): Pick<BegunTask, 'makes'> {
  if (!types.includes('qmclone')) return {};
  if (typeof newid !== 'string' && typeof newid !== 'number') return {};
  return { makes: { node: typeof target === 'string' ? target : node, vmid: Number(newid) } };
}

function guestTask(method: string, prefix: 'qm' | 'vz', rest: string): readonly string[] | undefined {
  if (method === 'DELETE') {
    if (rest === '') return [`${prefix}destroy`];
    return /^snapshot\/[^/]+$/.test(rest) ? [`${prefix}delsnapshot`] : undefined;
  }
  if (method === 'PUT') return rest === 'resize' ? ['resize'] : undefined;
  if (method !== 'POST') return undefined;
  const [, state] = /^status\/(start|stop|shutdown|reboot|reset|suspend|resume)$/.exec(rest) ?? [];
  if (state !== undefined) return [`${prefix}${state}`];
  if (/^snapshot\/[^/]+\/rollback$/.test(rest)) return [`${prefix}rollback`];
  switch (rest) {
    case 'clone':
    case 'snapshot':
    case 'template':
      return [`${prefix}${rest}`];
    case 'migrate':
      return prefix === 'qm' ? ['qmigrate', 'hamigrate'] : ['vzmigrate', 'hamigrate'];
    case 'config':
      return prefix === 'qm' ? ['qmconfig'] : undefined;
    case 'move_disk':
      return ['qmmove'];
    case 'move_volume':
      return ['move_volume'];
    default:
      return undefined;
  }
}

/** `size=+5G` adds as often as it is sent. */
function isRelative({ size }: Readonly<Record<string, unknown>>): boolean {
  return typeof size === 'string' && size.startsWith('+');
}
