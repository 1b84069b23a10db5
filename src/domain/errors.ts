/** What the table knows of an error code. */
interface ErrorCodeFacts {
  /** Whether the same attempt may simply be made again by itself. */
  readonly retryable: boolean;
  /** What an operator does about it. Shown with the error; more exact remedies may be given where it is raised. */
  readonly remedy: string;
}

/** Every error code of the project. A code is part of failures' `type`, of `--json` answers and of the docs. */
export const errorCodes = {
  TokenRefused: {
    retryable: false,
    remedy:
      'The API token is wrong, expired or revoked. Check that the stored token id and secret are those of the cluster, then renew the token if needed; the operation goes on by itself once it works.',
  },
  PermissionMissing: {
    retryable: false,
    remedy:
      'Give the token (or, without privilege separation, its user) the privilege that Proxmox names, on the path it names or above, then retry.',
  },
  RequestRefused: {
    retryable: false,
    remedy:
      'Proxmox refused a parameter. The versions may not fit each other: compare the message with the API viewer of the node.',
  },
  NotImplemented: {
    retryable: false,
    remedy:
      'This Proxmox version does not have the call. See docs/real-cluster.md for the versions that are supported.',
  },
  ProxmoxFailed: {
    retryable: false,
    remedy: "Read Proxmox's own message above; repair the cause on the node, then retry.",
  },
  GuestLocked: {
    retryable: false,
    remedy:
      'Wait until the task that holds the lock has ended. A lock left by a dead task is removed on its node with: qm unlock <vmid>',
  },
  GuestNotFound: {
    retryable: false,
    remedy:
      'It was moved or removed: see where it is (pxm guests). Bring it back and retry, or end this and make a new plan.',
  },
  NoQuorum: {
    retryable: true,
    remedy:
      'The cluster has no quorum: bring enough nodes back (pvecm status on a node shows who is missing).',
  },
  NodeUnreachable: {
    retryable: true,
    remedy:
      'Check that the node is up and that its API port (8006) is reachable from the worker. Other nodes are asked where that is possible.',
  },
  OutcomeUnknown: {
    retryable: false,
    remedy:
      'The answer to a changing request was lost. Look at the guest and its newest task on the node before you retry.',
  },
  TlsMismatch: {
    retryable: false,
    remedy:
      'The certificate is not the one that the configuration trusts. Compare the fingerprints on the node itself: pvenode cert info. Change the pin only if the node shows the new one.',
  },
  HostKeyUnknown: {
    retryable: false,
    remedy:
      'Compare the fingerprint on the console of the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then accept the key: pxm doctor --fix, or connect once with ssh.',
  },
  HostKeyChanged: {
    retryable: false,
    remedy:
      'Verify on the console of the host which key is its own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). Only if it is the new one, remove the old one: ssh-keygen -R <host>.',
  },
  HostKeyRevoked: {
    retryable: false,
    remedy:
      'The key was marked as stolen or withdrawn (@revoked). Give the host new keys on its console; do not remove the mark.',
  },
  SshAuthenticationFailed: {
    retryable: false,
    remedy:
      "Let the worker's user log in with a key: add the key to the agent (ssh-add), or its public half to the host's authorized_keys.",
  },
  SshUnreachable: {
    retryable: true,
    remedy: "Check that the host is up and that its SSH port is reachable from the worker's machine.",
  },
  SshFailed: {
    retryable: false,
    remedy: 'Look at the log of sshd on the host (journalctl -u ssh), repair the cause, then retry.',
  },
  CommandFailed: {
    retryable: false,
    remedy: "Read the command's own words above; repair the cause on the host, then retry.",
  },
  CommandTimedOut: {
    retryable: false,
    remedy: 'Look at the host why the command hangs (storage, quorum), then retry.',
  },
  NotAsExpected: {
    retryable: false,
    remedy:
      'Compare what is there with what was expected. Repair the cause and retry, or skip the step if what is there is right all the same.',
  },
  NeedsPerson: { retryable: false, remedy: 'Do what is asked, then answer the question.' },
  AnswerUnreadable: {
    retryable: false,
    remedy:
      'Proxmox answered in a form that this version does not know. Please report it with the method, path and Proxmox version.',
  },
  SourceUnusable: {
    retryable: false,
    remedy:
      'Check the source: of the runbook (address, checksum, signature, key); nothing was changed on the cluster.',
  },
  TaskFailed: { retryable: false, remedy: "Read the task's last log lines, repair the cause, then retry." },
  TaskStalled: {
    retryable: false,
    remedy: 'Look at the network and storage of both nodes; wait on, or abort this migration.',
  },
  PlanDrifted: {
    retryable: false,
    remedy: 'The cluster has changed since the plan was approved. Make a new plan.',
  },
  LeaseRefused: {
    retryable: false,
    remedy: 'Another operation holds what this one needs. pxm ledger shows who; wait for it or cancel it.',
  },
  CredentialsLocked: {
    retryable: false,
    remedy:
      "The key agent is locked. Unlock it on the worker's machine (for pass: run pass show on the entry once, in a terminal).",
  },
  CredentialsMissing: {
    retryable: false,
    remedy:
      'Store the API token where cluster-config.yaml says (credentials:); pxm bootstrap makes one and stores it.',
  },
  CredentialsMalformed: {
    retryable: false,
    remedy: 'The entry must have the token id (user@realm!name) on line 1 and the secret on line 2.',
  },
  ConfigInvalid: {
    retryable: false,
    remedy: 'Correct the configuration; pxm config check shows every problem with its line.',
  },
  InputInvalid: { retryable: false, remedy: 'Correct the input; --help shows what is expected.' },
  NotFound: { retryable: false, remedy: 'Check the name; pxm operations lists what is there.' },
  NoWorker: {
    retryable: true,
    remedy: 'Start a worker: pxm up (one machine) or pxm worker (beside a Temporal server).',
  },
  TemporalUnreachable: {
    retryable: true,
    remedy: 'Start the server: pxm up, or set TEMPORAL_ADDRESS to a running one.',
  },
  Interrupted: { retryable: true, remedy: 'The call was cancelled before it was sent or answered.' },
  Internal: {
    retryable: false,
    remedy: 'This is a defect of proxmox-manager. Please report it with the text above.',
  },
} as const satisfies Record<string, ErrorCodeFacts>;

/** The closed set of error codes. */
export type ErrorCode = keyof typeof errorCodes;

/** Whether a text is one of the project's error codes. */
export function isErrorCode(text: string | null | undefined): text is ErrorCode {
  return text != null && Object.hasOwn(errorCodes, text);
}

/** Everything a person needs to know about a failure. Plain data: it travels in failures' details and reports. */
export interface Problem {
  readonly code: ErrorCode;
  /** What was attempted, e.g. `POST /nodes/pve01/qemu/101/migrate on pve01`. */
  readonly attempted: string;
  /** What failed, in our words. */
  readonly failed: string;
  /** The node that the request was about, e.g. `pve01` of `/nodes/pve01/...`. */
  readonly node?: string;
  /** The node that was contacted: it passes on what is for another one. */
  readonly contact?: string;
  /** Proxmox's own words: the message, parameter errors, or a task's exit status. */
  readonly proxmoxSaid?: string;
  /** Who said it, where that was not Proxmox, e.g. `talosctl`. */
  readonly saidBy?: string;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The last lines of the task's log. */
  readonly logTail?: readonly string[];
  /** What to do next; the code's remedy if nothing more exact is known. */
  readonly remedy: string;
}

const credentialCodes: ReadonlySet<ErrorCode> = new Set([
  'TokenRefused',
  'CredentialsLocked',
  'CredentialsMissing',
  'CredentialsMalformed',
]);

/** Whether a problem is about credentials: the operation waits for them, no step has failed. */
export function isAboutCredentials(it: Problem): boolean {
  return credentialCodes.has(it.code);
}

/** Builds a problem; the remedy defaults to that of the code. */
export function problem(
  code: ErrorCode,
  facts: Omit<Problem, 'code' | 'remedy'> & { readonly remedy?: string },
): Problem {
  return { ...facts, code, remedy: facts.remedy ?? errorCodes[code].remedy };
}

/** The one-line form of a problem for logs and failure messages. */
export function problemText(it: Problem): string {
  const said = it.proxmoxSaid === undefined ? '' : `: ${it.proxmoxSaid}`;
  return `${it.attempted}: ${it.failed}${said}`;
}

/** An error of the project: thrown outside of workflow code, mapped to ApplicationFailure in one place (activities/shared/failures.ts). */
export class ManagerError extends Error {
  readonly problem: Problem;

  constructor(it: Problem, options?: ErrorOptions) {
    super(problemText(it), options);
    this.name = it.code;
    this.problem = it;
  }

  get code(): ErrorCode {
    return this.problem.code;
  }

  /** Whether the same attempt may simply be made again. */
  get retryable(): boolean {
    return errorCodes[this.problem.code].retryable;
  }
}
