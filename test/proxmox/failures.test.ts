import { openEnvelope } from '../../src/proxmox/answer';
import { answerError } from '../../src/proxmox/failures';

/** [status, reason, message or parameter errors, kind, code, part of the remedy]; texts as recorded. */
const answers = [
  [401, 'invalid token value!', undefined, 'read', 'TokenRefused', 'token'],
  [401, 'Authentication failed!', undefined, 'read', 'TokenRefused', 'expired or revoked'],
  [401, "token 'old' access expired", undefined, 'read', 'TokenRefused', 'later expiry date'],
  [401, "no such token 'x' for user 'u@pve'", undefined, 'read', 'TokenRefused', 'pveum user token list'],
  [
    403,
    '',
    'Permission check failed (/vms/145, VM.Migrate)',
    'change',
    'PermissionMissing',
    // Not on /vms/145: an entry there would replace what it inherits.
    "Give the token VM.Migrate on /vms, or on /vms/145 if that path has an entry of its own. Either add it to the role that applies there: pveum role modify <role> --append --privs \"VM.Migrate\". Or give a role that has all the token needs: pveum acl modify /vms --users '<user>@<realm>' --roles <role>; a token with privilege separation also needs an entry of its own, with --tokens '<user>@<realm>!<name>'",
  ],
  [
    403,
    '',
    'Permission check failed (/vms/1, VM.Audit|VM.Console)',
    'read',
    'PermissionMissing',
    'VM.Audit or VM.Console',
  ],
  [
    403,
    '',
    'Permission check failed (/vms/1, VM.Config.Disk|VM.Config.CPU)',
    'change',
    'PermissionMissing',
    // One would be enough for this check alone: each kind of setting has one of its own.
    '--privs "VM.Config.Disk VM.Config.CPU"',
  ],
  [403, '', 'Permission check failed (user != root@pam)', 'change', 'PermissionMissing', 'as root'],
  [
    403,
    '',
    "Permission check failed (pool 'labs' does not exist)",
    'change',
    'NotFound',
    'pvesh create /pools --poolid labs',
  ],
  [403, '', 'Permission check failed', 'change', 'PermissionMissing', 'privilege'],
  [
    400,
    'Parameter verification failed.',
    { target: 'target is local node.' },
    'change',
    'RequestRefused',
    'parameter',
  ],
  [
    400,
    'Parameter verification failed.',
    { upid: 'no such task' },
    'read',
    'NotFound',
    'look where the guest is',
  ],
  [500, '', 'cluster not ready - no quorum?', 'change', 'NoQuorum', 'pvecm status'],
  [500, '', "cfs-lock 'file-user_cfg' error: no quorum!", 'change', 'NoQuorum', 'pvecm status'],
  [
    500,
    '',
    "unable to open file '/etc/pve/nodes/pve01/qemu-server/100.conf.tmp.77' - Permission denied",
    'change',
    'NoQuorum',
    'quorum',
  ],
  [500, '', 'VM is locked (backup)', 'change', 'GuestLocked', 'backup of this guest'],
  [500, '', 'VM is locked (migrate)', 'change', 'GuestLocked', 'qm unlock'],
  [
    500,
    '',
    "can't lock file '/var/lock/qemu-server/lock-146.conf' - got timeout",
    'change',
    'GuestLocked',
    'wait',
  ],
  [
    500,
    '',
    "Configuration file 'nodes/pve01/qemu-server/140.conf' does not exist",
    'read',
    'GuestNotFound',
    'Guest 140 is not on pve01',
  ],
  [
    500,
    '',
    "hostname lookup 'pve99' failed - failed to get address info for: pve99",
    'read',
    'NotFound',
    "'pve99'",
  ],
  [500, '', "no such cluster node 'pve99'", 'change', 'NotFound', "'pve99'"],
  [500, '', "can't migrate running VM without --online", 'change', 'PlanDrifted', 'new plan'],
  [
    500,
    '',
    "storage 'only1' is not available on node 'pve02'",
    'change',
    'ProxmoxFailed',
    'storage only1 available on pve02',
  ],
  [
    500,
    '',
    "Can't use an undefined value as an ARRAY reference at /usr/share/perl5/PVE/QemuMigrate/Helpers.pm line 63.",
    'read',
    'ProxmoxFailed',
    'Resource Mappings',
  ],
  [
    500,
    '',
    'checksum mismatch (file change by other user?)',
    'change',
    'ProxmoxFailed',
    'Nothing was changed',
  ],
  [500, '', 'something else went wrong', 'read', 'ProxmoxFailed', 'message'],
  [501, "Method 'GET /nosuch' not implemented", undefined, 'read', 'NotImplemented', 'version'],
  [595, 'No route to host', undefined, 'change', 'NodeUnreachable', 'pveproxy'],
  [596, 'Broken pipe', undefined, 'change', 'OutcomeUnknown', 'newest task'],
  [596, 'Connection timed out', undefined, 'read', 'NodeUnreachable', 'API port'],
  [
    596,
    'error:0A000086:SSL routines::certificate verify failed',
    undefined,
    'read',
    'NodeUnreachable',
    'pvecm updatecerts',
  ],
  [302, 'Found', undefined, 'read', 'AnswerUnreadable', 'report'],
] as const;

const origin = 'https://192.0.2.1:8006';

test.each(answers)('%i %s %o (%s) is %s', (status, reason, text, kind, code, remedy) => {
  const message = typeof text === 'string' ? `${text}\n` : reason;
  const errors = typeof text === 'object' ? { errors: text } : {};
  const body = text === undefined ? '' : JSON.stringify({ data: null, message, ...errors });
  const attempt = { method: 'GET', path: '/x', contact: 'pve01', origin, kind } as const;
  const { problem } = answerError(attempt, openEnvelope({ status, reason, body }));
  expect(problem).toMatchObject({ code, status, attempted: 'GET /x on pve01' });
  expect(problem.remedy).toContain(remedy);
});

test('all lines of a message and all parameter errors are shown', () => {
  const attempt = { method: 'POST', path: '/x', contact: 'pve01', origin, kind: 'change' } as const;
  const body = JSON.stringify({
    data: null,
    message: 'rule invalid\nresources: why\n',
    errors: { a: 'bad\n', b: 'worse' },
  });
  const { problem } = answerError(attempt, openEnvelope({ status: 400, reason: 'rule invalid', body }));
  expect(problem.proxmoxSaid).toBe('rule invalid\nresources: why; a: bad; b: worse');
});
