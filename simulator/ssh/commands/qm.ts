import { plainText } from '../cli/json';
import { toolProgram, type Tool } from '../cli/tool';
import { readUsage } from '../cli/usage';
import { importDisk, machineFor } from './qm-import';
import { rescanDisks } from './qm-rescan';
import { configLines, jsonResult, machineTable, pendingLines, snapshotTree, statusLine } from './qm-output';

/** The commands as `qm` itself lists them (recording g1). */
const usage = readUsage(
  'qm',
  `
cloudinit dump <vmid> <type>
cloudinit pending <vmid>
cloudinit update <vmid>

disk move <vmid> <disk> [<storage>] [OPTIONS]
disk resize <vmid> <disk> <size> [OPTIONS]
disk unlink <vmid> --idlist <string> [OPTIONS]
disk import <vmid> <source> <storage> [OPTIONS]
disk rescan  [OPTIONS]

guest cmd <vmid> <command>
guest exec-status <vmid> <pid>
guest passwd <vmid> <username> [OPTIONS]
guest exec <vmid> [<extra-args>] [OPTIONS]

clone <vmid> <newid> [OPTIONS]
config <vmid> [OPTIONS]
create <vmid> [OPTIONS]
delsnapshot <vmid> <snapname> [OPTIONS]
destroy <vmid> [OPTIONS]
list  [OPTIONS]
listsnapshot <vmid>
migrate <vmid> <target> [OPTIONS]
pending <vmid>
reboot <vmid> [OPTIONS]
reset <vmid> [OPTIONS]
resume <vmid> [OPTIONS]
rollback <vmid> <snapname> [OPTIONS]
sendkey <vmid> <key> [OPTIONS]
set <vmid> [OPTIONS]
shutdown <vmid> [OPTIONS]
snapshot <vmid> <snapname> [OPTIONS]
start <vmid> [OPTIONS]
stop <vmid> [OPTIONS]
suspend <vmid> [OPTIONS]
template <vmid> [OPTIONS]

cleanup <vmid> <clean-shutdown> <guest-requested>
import <vmid> <source> --storage <string> [OPTIONS]
importovf <vmid> <manifest> <storage> [OPTIONS]
monitor <vmid>
mtunnel 
nbdstop <vmid>
remote-migrate <vmid> [<target-vmid>] <target-endpoint> --target-bridge <string> --target-storage <string> [OPTIONS]
showcmd <vmid> [OPTIONS]
status <vmid> [OPTIONS]
terminal <vmid> [OPTIONS]
unlock <vmid>
vncproxy <vmid>
wait <vmid> [OPTIONS]

help [<extra-args>] [OPTIONS]
`,
);

const machine = '/nodes/{node}/qemu/{vmid}';

const qm: Tool = {
  usage,
  aliases: {
    agent: 'guest cmd',
    importdisk: 'disk import',
    'move-disk': 'disk move',
    move_disk: 'disk move',
    rescan: 'disk rescan',
    resize: 'disk resize',
    unlink: 'disk unlink',
  },
  commands: {
    list: { endpoint: 'GET /nodes/{node}/qemu', output: machineTable },
    status: { endpoint: `GET ${machine}/status/current`, output: statusLine },
    config: { endpoint: `GET ${machine}/config`, output: configLines },
    pending: { endpoint: `GET ${machine}/pending`, output: pendingLines },
    create: { endpoint: 'POST /nodes/{node}/qemu' },
    set: { endpoint: `PUT ${machine}/config` },
    clone: { endpoint: `POST ${machine}/clone` },
    destroy: { endpoint: `DELETE ${machine}` },
    template: { endpoint: `POST ${machine}/template`, ignoresTaskFailure: true },
    migrate: { endpoint: `POST ${machine}/migrate` },
    start: { endpoint: `POST ${machine}/status/start` },
    stop: { endpoint: `POST ${machine}/status/stop` },
    shutdown: { endpoint: `POST ${machine}/status/shutdown` },
    reboot: { endpoint: `POST ${machine}/status/reboot` },
    reset: { endpoint: `POST ${machine}/status/reset` },
    suspend: { endpoint: `POST ${machine}/status/suspend` },
    resume: { endpoint: `POST ${machine}/status/resume` },
    snapshot: { endpoint: `POST ${machine}/snapshot` },
    delsnapshot: { endpoint: `DELETE ${machine}/snapshot/{snapname}` },
    rollback: { endpoint: `POST ${machine}/snapshot/{snapname}/rollback` },
    listsnapshot: { endpoint: `GET ${machine}/snapshot`, output: snapshotTree },
    'disk move': { endpoint: `POST ${machine}/move_disk` },
    'disk resize': { endpoint: `PUT ${machine}/resize`, ignoresTaskFailure: true },
    'disk unlink': { endpoint: `PUT ${machine}/unlink` },
    'disk import': importDisk,
    'disk rescan': rescanDisks,
    'cloudinit dump': {
      endpoint: `GET ${machine}/cloudinit/dump`,
      output: (result) => `${plainText(result)}\n`,
    },
    'guest cmd': { endpoint: `POST ${machine}/agent`, output: jsonResult },
    unlock: {
      options: {},
      run: (context, values) => {
        machineFor(context, values).config.delete('lock');
        return 0;
      },
    },
  },
};

/** `qm`: the virtual machines of this node (behaviour.md 11.2). */
export const qmProgram = toolProgram(qm);
