import { inPath, type Translation } from './request';
import type { CommandArguments } from './words';

/** Parameters that only root at a shell may give, or that name files there. */
const rootOnly: ReadonlySet<string> = new Set([
  'affinity',
  'arch',
  'args',
  'hookscript',
  'hugepages',
  'lock',
  'skiplock',
  'sshkey',
  'sshkeys',
  'vmgenid',
]);

/** What has no request at all. */
const localOnly: Readonly<Record<string, string>> = {
  cleanup: 'qm cleanup has no request',
  'disk import':
    'import-from of a new disk does it: POST .../config with scsi0=<storage>:0,import-from=<volume>',
  'disk rescan': 'looking for disks anew has no request',
  guest: 'commands in guests are requests to the agent, with another form',
  importdisk:
    'import-from of a new disk does it: POST .../config with scsi0=<storage>:0,import-from=<volume>',
  importovf: 'importing an OVF has no request of this form',
  monitor: 'the monitor has no request of this form',
  rescan: 'looking for disks anew has no request',
  showcmd: 'the command line of a guest has no request',
  terminal: 'a terminal needs a person',
  unlock: 'removing a lock has no request',
  wait: 'poll the status: GET .../status/current with poll=',
};

const power: ReadonlySet<string> = new Set([
  'reboot',
  'reset',
  'resume',
  'shutdown',
  'start',
  'stop',
  'suspend',
]);
const readings: Readonly<Record<string, string>> = {
  config: 'config',
  listsnapshot: 'snapshot',
  pending: 'pending',
  status: 'status/current',
};

/** The request for a `qm` command on a node. */
export function qmRequest({ positional, options }: CommandArguments, node: string): Translation {
  const [first = '', second = ''] = positional;
  const isGroup = first === 'disk' || first === 'cloudinit';
  const name = isGroup ? `${first} ${second}` : first;
  const because = localOnly[name] ?? localOnly[first];
  if (because !== undefined) return { because };
  const denied = options.find(
    ([option, value]) => rootOnly.has(option) || /import-from=\/|(^|,)file=\/|^\//.test(value),
  );
  if (denied !== undefined) return { because: `--${denied[0]} needs root at the node, or a file there` };
  const guests = `/nodes/${node}/qemu`;
  if (name === 'list') return { method: 'GET', path: guests, parameters: options, isTask: false };
  const [vmid, ...rest] = positional.slice(isGroup ? 2 : 1);
  if (vmid === undefined) return { because: `qm ${name} lacks a VMID` };
  const guest = `${guests}/${inPath(vmid)}`;
  if (name === 'create') {
    return { method: 'POST', path: guests, parameters: [['vmid', vmid], ...options], isTask: true };
  }
  const reading = readings[name];
  if (reading !== undefined) {
    const kept = options.filter(([option]) => option !== 'verbose');
    return { method: 'GET', path: `${guest}/${reading}`, parameters: kept, isTask: false };
  }
  if (power.has(name))
    return { method: 'POST', path: `${guest}/status/${name}`, parameters: options, isTask: true };
  return changeOf(name, guest, rest, options) ?? { because: `qm ${name} is not known here` };
}

/** Commands with further words of their own. */
function changeOf(
  name: string,
  guest: string,
  [one, two]: readonly string[],
  options: CommandArguments['options'],
): Translation | undefined {
  const task = (
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    own: CommandArguments['options'] = [],
  ): Translation => ({
    method,
    path: `${guest}${path}`,
    parameters: [...own, ...options],
    isTask: true,
  });
  switch (name) {
    case 'set':
      return options.some(([, value]) => value.includes('import-from='))
        ? task('POST', '/config')
        : { method: 'PUT', path: `${guest}/config`, parameters: options, isTask: false };
    case 'destroy':
      return task('DELETE', '');
    case 'template':
      return task('POST', '/template');
    case 'clone':
      return one === undefined ? undefined : task('POST', '/clone', [['newid', one]]);
    case 'migrate':
      return one === undefined ? undefined : task('POST', '/migrate', [['target', one]]);
    case 'snapshot':
      return one === undefined ? undefined : task('POST', '/snapshot', [['snapname', one]]);
    case 'delsnapshot':
      return one === undefined ? undefined : task('DELETE', `/snapshot/${inPath(one)}`);
    case 'rollback':
      return one === undefined ? undefined : task('POST', `/snapshot/${inPath(one)}/rollback`);
    case 'resize':
    case 'disk resize':
      return one === undefined || two === undefined
        ? undefined
        : task('PUT', '/resize', [
            ['disk', one],
            ['size', two],
          ]);
    case 'move-disk':
    case 'move_disk':
    case 'disk move':
      return one === undefined || two === undefined
        ? undefined
        : task('POST', '/move_disk', [
            ['disk', one],
            ['storage', two],
          ]);
    case 'unlink':
    case 'disk unlink':
      return { method: 'PUT', path: `${guest}/unlink`, parameters: options, isTask: false };
    case 'cloudinit update':
      return { method: 'PUT', path: `${guest}/cloudinit`, parameters: options, isTask: false };
    default:
      return undefined;
  }
}
