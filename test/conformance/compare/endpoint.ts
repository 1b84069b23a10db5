/** What follows a collection in a path is a name; the rule tables speak of the collection's members alike. */
const memberOf: Readonly<Record<string, string>> = {
  nodes: '{node}',
  qemu: '{vmid}',
  lxc: '{vmid}',
  tasks: '{upid}',
  storage: '{storage}',
  snapshot: '{snapname}',
  users: '{userid}',
  token: '{tokenid}',
  roles: '{roleid}',
  content: '{volume}',
};

/** Fixed words that stand where a name could: `/nodes/N/capabilities/qemu/machines` is no guest. */
const words = new Set(['machines', 'cpu', 'cpu-flags', 'migration']);

/**
 * The endpoint that a request's path names, without the format prefix, query and names:
 * `/api2/json/nodes/pve01/qemu/101/config` is `/nodes/{node}/qemu/{vmid}/config`.
 */
export function endpointOf(path: string): string {
  if (path.startsWith('/commands/')) return path;
  const [bare = ''] = path.split('?');
  const steps = bare
    .replace(/^\/api2\/[a-z]+/, '')
    .split('/')
    .filter((step) => step !== '');
  const named = steps.map((step, at) => {
    const before = steps[at - 1];
    const member = before === undefined ? undefined : memberOf[before];
    return member === undefined || words.has(step) ? step : member;
  });
  return `/${named.join('/')}`;
}
