import { ManagerError, problem, type ErrorCode, type Problem } from '../domain/errors';

/** What a text of a tool means. */
export interface KnownFailure {
  /** Any of them, as the tool writes it. */
  readonly texts: readonly string[];
  readonly code: ErrorCode;
  readonly failed: string;
  readonly remedy: string;
}

/** Where the tool could not reach anybody, or was cut off. A change may then have been made, or not. */
export const unreachable: KnownFailure = {
  texts: [
    'connection refused',
    'no route to host',
    'i/o timeout',
    'connection reset',
    'code = Unavailable',
    'code = DeadlineExceeded',
    'context deadline exceeded',
    'error reading from server: EOF',
    'transport is closing',
  ],
  code: 'NodeUnreachable',
  failed: 'the machine does not answer',
  remedy:
    "Check that the machine runs, has this address, and that its ports 50000 (Talos) and 6443 (Kubernetes) are reachable from the worker's machine.",
};

/** Nothing was received that could have been executed. */
const neverSent = ['connection refused', 'no route to host', 'dial tcp', 'lookup '];

/**
 * What talosctl says, by substrings: it has exit code 1 for everything. The first that fits; those of the certificates
 * come before "Unavailable", which their messages contain.
 */
export const talosctlFailures: readonly KnownFailure[] = [
  {
    texts: ['already exists, use --force to overwrite'],
    code: 'NotAsExpected',
    failed: 'the file is there already',
    remedy:
      'Secrets are never overwritten. Look who made that file; move it away only if no cluster uses it.',
  },
  {
    texts: ['tls: certificate required', 'remote error: tls: bad certificate'],
    code: 'NotAsExpected',
    failed: 'the machine is configured already: it asks for a certificate',
    remedy:
      'Retry: if the configuration is this cluster\'s, its certificate is used. Else the machine belongs to another cluster; it waits for a configuration again after "talosctl reset".',
  },
  {
    texts: ['x509: certificate signed by unknown authority'],
    code: 'NotAsExpected',
    failed: "the machine does not know this cluster's certificates",
    remedy:
      'It has no configuration yet, or belongs to another cluster, or another machine has this address. Compare the address with the console of the machine.',
  },
  {
    texts: ['etcd data directory is not empty'],
    code: 'NotAsExpected',
    failed: 'etcd has data on this machine already',
    remedy:
      'It was bootstrapped before. Look at its members: talosctl etcd members. Never bootstrap another machine.',
  },
  {
    texts: ['bootstrap is not available yet', 'time is not in sync yet'],
    code: 'NotAsExpected',
    failed: 'the machine is not ready to be bootstrapped',
    remedy:
      'Look at its console: it may still install, have no time server that answers, or no disk to install on. Then retry.',
  },
  {
    texts: ['not enough started members', 'only 1 etcd member found', 'insufficient to maintain quorum'],
    code: 'NotAsExpected',
    failed: 'etcd would lose its quorum: too few members would be left',
    remedy:
      'The last control plane never leaves etcd. Add control planes first, or destroy the whole cluster instead.',
  },
  {
    texts: ['unknown flag', 'unknown shorthand flag', 'unknown command', 'arg(s), received'],
    code: 'CommandFailed',
    failed: 'this version of the tool does not know the call',
    remedy: "Install the talosctl of the profile's Talos version on the worker's machine (docs/talos.md).",
  },
  {
    texts: ['failed to load secrets bundle', 'failed to validate secrets bundle'],
    code: 'NotAsExpected',
    failed: 'the secrets of the cluster are unreadable, or made for another version',
    remedy: 'Bring back secrets.yaml from your backup into the folder that the cluster status names.',
  },
  {
    texts: [
      'configuration validation failed',
      'unknown keys found',
      'error parsing config JSON patch',
      'failed to read configuration',
      'code = InvalidArgument',
    ],
    code: 'InputInvalid',
    failed: 'the configuration is refused',
    remedy: 'Correct the patches that the profile names (talos.patches, of roles and machines), then retry.',
  },
  {
    texts: ['code = PermissionDenied', 'not authorized'],
    code: 'CommandFailed',
    failed: 'the machine does not let this certificate do it',
    remedy: 'Delete the file talosconfig in the folder of the cluster: it is made anew from its secrets.',
  },
  unreachable,
];

/** How a call that failed is told. */
export interface FailedCall {
  /** `run`, the program, and what it is called with, e.g. `run talosctl bootstrap on 10.0.0.11`. */
  readonly attempted: string;
  /** What the tool said, as it may be shown. */
  readonly said: string;
  /** `once`: what may have been done must not be done again by itself. */
  readonly kind: 'read' | 'repeatable' | 'once';
  /** The tool goes on asking the machine after the call: that it could not reach it does not tell whether it was sent. */
  readonly waits?: true;
}

/** The project's error for what a tool said. */
export function failureOf(
  call: FailedCall,
  exitCode: number | undefined,
  known: readonly KnownFailure[],
): ManagerError {
  const fits = known.find(({ texts }) => texts.some((text) => call.said.includes(text)));
  const words = wordsOf(call);
  if (fits === unreachable && call.kind === 'once' && (call.waits === true || !isNeverSent(call.said)))
    return unknownOutcome(call, 'it was cut off');
  if (fits !== undefined) {
    const { code, failed, remedy } = fits;
    return new ManagerError(problem(code, { attempted: call.attempted, failed, remedy, ...words }));
  }
  const failed = `it ended with ${exitCode === undefined ? 'a signal' : `exit code ${exitCode}`}`;
  if (call.kind === 'once') return unknownOutcome(call, failed);
  const remedy = "Read the tool's own words above; repair the cause, then retry.";
  return new ManagerError(problem('CommandFailed', { attempted: call.attempted, failed, remedy, ...words }));
}

/** Of a change that may have been made, and is never repeated by itself. */
export function unknownOutcome(call: FailedCall, failed: string): ManagerError {
  return new ManagerError(
    problem('OutcomeUnknown', {
      attempted: call.attempted,
      failed,
      ...wordsOf(call),
      remedy:
        'It may have done all, a part or nothing of its work. Look at the machine before it is run again.',
    }),
  );
}

/** Words of talosctl in a problem that is not about a call of its own; none where it said nothing. */
export function saidByTalosctl(said: string | undefined): Pick<Problem, 'proxmoxSaid' | 'saidBy'> {
  return said === undefined ? {} : { proxmoxSaid: said, saidBy: 'talosctl' };
}

function wordsOf(call: FailedCall): Pick<Problem, 'proxmoxSaid' | 'saidBy'> {
  return call.said === '' ? {} : { proxmoxSaid: call.said, saidBy: toolOf(call) };
}

/** The program that a call runs. */
export function toolOf({ attempted }: Pick<FailedCall, 'attempted'>): string {
  return attempted.split(' ')[1] ?? 'tool';
}

function isNeverSent(said: string): boolean {
  return neverSent.some((text) => said.includes(text));
}

/** Whether an error's own words contain one of these. */
export function saysAny(error: unknown, texts: readonly string[]): boolean {
  if (!(error instanceof ManagerError)) return false;
  const said = error.problem.proxmoxSaid ?? '';
  return texts.some((text) => said.includes(text));
}
