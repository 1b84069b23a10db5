/** How a check ended. `notChecked`: another fault, which has a finding of its own, keeps it from being looked at. */
export type FindingStatus = 'ok' | 'warning' | 'failed' | 'notChecked';

/** Every check, in the order in which findings are shown. Part of `--json`. */
export const checkNames = [
  'config',
  'temporal',
  'namespace',
  'searchAttributes',
  'worker',
  'workerVersion',
  'operations',
  'credentials',
  'nodes',
  'certificates',
  'token',
  'tokenExpiry',
  'privileges',
  'quorum',
  'versions',
  'clocks',
  'hostKeys',
  'ssh',
  'storages',
  'bridges',
  'vmidRanges',
  'ha',
  'locks',
] as const;
/** Name of a check. */
export type CheckName = (typeof checkNames)[number];

/** What `pxm doctor --fix` can do about a finding, after it was shown and accepted. */
export type Fix =
  | { readonly kind: 'registerSearchAttributes' }
  /** Writes a host key that was not known into the project's own known_hosts file. */
  | {
      readonly kind: 'acceptHostKey';
      readonly node: string;
      readonly fingerprint: string;
      readonly key: string;
    }
  /** Writes the certificate's fingerprint into cluster-config.yaml, in place of the one that stands there. */
  | { readonly kind: 'replacePin'; readonly node: string; readonly fingerprint: string };

/** What one check found in one place. */
export interface Finding {
  readonly check: CheckName;
  readonly status: FindingStatus;
  /** The node, storage, guest, file or address that it is about; `cluster` for the whole. */
  readonly where: string;
  /** One sentence. */
  readonly what: string;
  /** What to do, with the command to copy; every finding that is not `ok` has one. */
  readonly remedy?: string;
  readonly fix?: Fix;
}

/** What was found in a cluster; see {@link Finding}. */
export interface Checkup {
  /** Our name of the cluster. */
  readonly cluster: string;
  /** ISO time. */
  readonly takenAt: string;
  readonly findings: readonly Finding[];
}
