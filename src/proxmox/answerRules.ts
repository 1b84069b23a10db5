import type { ErrorCode } from '../domain/errors';
import { refusedRemedy } from './privilegeRemedy';

/** What an answer means. The first rule that fits decides. */
interface AnswerRule {
  readonly status: readonly number[];
  /** Searched in Proxmox's message and parameter errors. */
  readonly text: RegExp;
  /** Only for reads or only for changes. */
  readonly kind?: 'read' | 'change';
  readonly code: ErrorCode;
  readonly failed: string;
  /** More exact than the code's own. */
  readonly remedy?: (match: RegExpExecArray) => string;
}

const anything = /^[^]*$/;

/** Where no task holds the lock, only the node itself can remove it: the API lets no token do it (observed: Lifecycle). */
function lockRemedy([, lock = '']: RegExpExecArray): string {
  const waits: Readonly<Record<string, string>> = {
    backup: 'Wait until the backup of this guest has ended.',
    migrate: 'Another migration of this guest runs, or died: look at its newest qmigrate task.',
    suspended: 'Resume or start the guest, or leave it where it is.',
  };
  const wait = waits[lock] ?? 'Wait until the task that holds the lock has ended.';
  return `${wait} If no task of the guest runs any more, remove the lock on its node: qm unlock <vmid>`;
}

/** Texts of 8.4 and 9.x (behaviour: 1.4, 1.6; observed; observed-9). */
export const answerRules: readonly AnswerRule[] = [
  {
    status: [401],
    text: /access expired/,
    code: 'TokenRefused',
    failed: 'the API token or its user has expired',
    remedy: () =>
      'Give the token (or its user) a later expiry date, or make a new token and store it; the operation goes on by itself.',
  },
  {
    status: [401],
    text: /no such (?:token|user)|is disabled/,
    code: 'TokenRefused',
    failed: 'the API token or its user does not exist or is disabled',
    remedy: () =>
      'Compare the stored token id with the list on a node (pveum user token list <user@realm>), or make a new token and store it.',
  },
  { status: [401], text: anything, code: 'TokenRefused', failed: 'the API token was refused' },
  {
    status: [403],
    text: /user != root@pam/,
    code: 'PermissionMissing',
    failed: 'only root@pam with a password may do this, no token',
    remedy: () => 'Do this step by hand on the node, as root.',
  },
  {
    status: [403],
    text: /\((\/\S*), ([^)]+)\)/,
    code: 'PermissionMissing',
    failed: 'the API token lacks a privilege',
    remedy: ([, path = '', words = '']) => refusedRemedy({ privileges: words.split('|'), path }),
  },
  {
    status: [403],
    text: /pool '([^']+)' does not exist/,
    code: 'NotFound',
    failed: 'there is no such pool',
    remedy: ([, pool = '']) => `Create it (pvesh create /pools --poolid ${pool}), then retry.`,
  },
  { status: [403], text: anything, code: 'PermissionMissing', failed: 'the API token lacks a privilege' },
  {
    status: [400],
    text: /no such task/,
    code: 'NotFound',
    failed: 'the node does not know this task',
    remedy: () => "The task's log is gone or it ran on another node: look where the guest is.",
  },
  {
    status: [400],
    text: anything,
    code: 'RequestRefused',
    failed: 'Proxmox refused a parameter',
  },
  {
    status: [500],
    text: /no quorum|\/etc\/pve\/\S+' - Permission denied/,
    code: 'NoQuorum',
    failed: 'the cluster has no quorum',
  },
  {
    status: [500],
    text: /is locked \(([^)]*)\)/,
    code: 'GuestLocked',
    failed: 'the guest is locked',
    remedy: lockRemedy,
  },
  {
    status: [500],
    text: /can't lock file '[^']*' - got timeout/,
    code: 'GuestLocked',
    failed: 'a running task holds the guest',
    remedy: () => 'Another task works on this guest right now: wait until it has ended, then retry.',
  },
  {
    status: [500],
    text: /Configuration file 'nodes\/([^/]+)\/(?:qemu-server|lxc)\/(\d+)\.conf' does not exist/,
    code: 'GuestNotFound',
    failed: 'the guest is not on this node',
    remedy: ([, node = '', vmid = '']) =>
      `Guest ${vmid} is not on ${node}: it moved or was removed. Make a new plan.`,
  },
  {
    status: [500],
    text: /hostname lookup '([^']*)' failed|no such cluster node '([^']*)'/,
    code: 'NotFound',
    failed: 'the cluster has no node of this name',
    remedy: ([, looked, named]) =>
      `Check the node's name '${looked ?? named ?? ''}': pvecm nodes lists the names; if it is a member, the contacted node can't resolve it (/etc/hosts there).`,
  },
  {
    status: [500],
    text: /Can't use an undefined value as an ARRAY reference at \S*QemuMigrate/,
    code: 'ProxmoxFailed',
    failed: 'Proxmox could not judge this guest: a device mapping that it uses does not exist',
    remedy: () =>
      'A hostpci or usb key of the guest names a mapping that is not defined: define it under Datacenter > Resource Mappings, or take the device away.',
  },
  {
    status: [500],
    text: /checksum mismatch|detected modified configuration/,
    code: 'ProxmoxFailed',
    failed: 'the configuration was changed by someone else in the meantime',
    remedy: () => 'Nothing was changed. Look at the guest, then retry.',
  },
  {
    status: [500],
    text: /can't migrate running VM without --online/,
    code: 'PlanDrifted',
    failed: 'the guest runs, but was stopped when the plan was made',
  },
  {
    status: [500],
    text: /storage '([^']*)' is not available on node '([^']*)'/,
    code: 'ProxmoxFailed',
    failed: 'a storage is missing on the target',
    remedy: ([, storage = '', node = '']) =>
      `Make storage ${storage} available on ${node} (its nodes list, or mount it there), or choose another target.`,
  },
  { status: [500], text: anything, code: 'ProxmoxFailed', failed: 'Proxmox failed' },
  { status: [501], text: anything, code: 'NotImplemented', failed: 'this node does not know the call' },
  {
    status: [595],
    text: anything,
    code: 'NodeUnreachable',
    failed: 'the contacted node could not reach the node (or its pvedaemon)',
    remedy: () =>
      'Check that the node is up, that the others reach it on port 8006, and that pveproxy and pvedaemon run there (systemctl status pveproxy pvedaemon).',
  },
  {
    status: [596, 597, 598, 599],
    text: anything,
    kind: 'change',
    code: 'OutcomeUnknown',
    failed: 'the connection between the nodes broke: the change may have been made',
  },
  {
    status: [596, 597, 598, 599],
    text: /certificate/,
    code: 'NodeUnreachable',
    failed: 'the contacted node does not trust the certificate of the node',
    remedy: () =>
      "Renew the node's certificate on itself: pvecm updatecerts, then systemctl restart pveproxy.",
  },
  {
    status: [596, 597, 598, 599],
    text: anything,
    code: 'NodeUnreachable',
    failed: 'the connection between the nodes broke or took too long',
  },
];
