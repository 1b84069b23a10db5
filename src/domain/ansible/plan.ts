import type { OperationTimes } from '../evacuationPlan';
import type { RunValue } from '../runbook/values';
import type { HostResult } from './run';

/** One play of a playbook, as Ansible lists it. */
export interface PlannedPlay {
  readonly name: string;
  /** The pattern of its hosts. */
  readonly pattern: string;
  /** Hosts that the limit leaves, in alphabetical order. */
  readonly hosts: readonly string[];
  /** Names of its tasks, in their order. Those of files that are included while it runs are not known before. */
  readonly tasks: readonly string[];
}

/** The files that a plan is made from: another content is drift. */
export interface PlaybookTree {
  /** Absolute, on the worker's machine. */
  readonly root: string;
  /** sha256 (hex) over names, kinds and contents of all files, without folders called `.git`. */
  readonly sha256: string;
  readonly files: number;
  readonly bytes: number;
  /** The same for each entry of the topmost folder, to say where something has changed. */
  readonly parts: readonly { readonly name: string; readonly sha256: string }[];
}

/** What a run with `--check` has shown. An estimate: modules guess, and what depends on changes can't be known. */
export interface PlaybookEstimate {
  readonly hosts: readonly HostResult[];
  /** Why there is none, or what it ended with. */
  readonly because?: string;
  /** ISO time. */
  readonly madeAt: string;
}

/** The plan of a run of a playbook. Made by a read-only activity; its result is in the history. Holds no secret. */
export interface PlaybookPlan {
  readonly operation: 'runPlaybook';
  /** sha256 (hex) over the canonical JSON of what would be done. */
  readonly hash: string;
  readonly cluster: string;
  readonly playbook: string;
  /** Absolute paths on the worker's machine. */
  readonly file: string;
  readonly inventory: string;
  readonly tree: PlaybookTree;
  /** What of the above lies outside of the tree, and the settings of Ansible that are used: path and sha256 (hex). */
  readonly besideTree: readonly { readonly path: string; readonly sha256: string }[];
  /** The settings of Ansible (`ansible.cfg`) that count; absent: none. */
  readonly settings?: string;
  /** e.g. `ansible-core 2.19.4` */
  readonly program: string;
  /** ISO time. */
  readonly madeAt: string;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly extraVars: Readonly<Record<string, RunValue>>;
  /** By name of the variable: the name of the secret. */
  readonly secretVars: Readonly<Record<string, string>>;
  /** Whether a vault password is given. */
  readonly vault: boolean;
  readonly plays: readonly PlannedPlay[];
  /** Every host of any play, in alphabetical order. */
  readonly hosts: readonly string[];
  readonly estimate?: PlaybookEstimate;
  readonly times: OperationTimes;
  readonly warnings: readonly string[];
}

/** A plan as its activities need it: without what is only for people. */
export type PlaybookFrame = Pick<
  PlaybookPlan,
  | 'cluster'
  | 'playbook'
  | 'file'
  | 'inventory'
  | 'settings'
  | 'limit'
  | 'tags'
  | 'skipTags'
  | 'extraVars'
  | 'secretVars'
  | 'vault'
> & { readonly tree: Pick<PlaybookTree, 'root' | 'sha256'> };

/** See {@link PlaybookFrame}. */
export function frameOfPlaybook(plan: PlaybookPlan): PlaybookFrame {
  const { cluster, playbook, file, inventory, settings, limit, tags, skipTags, extraVars, secretVars } = plan;
  const { root, sha256 } = plan.tree;
  return {
    ...{ cluster, playbook, file, inventory, tags, skipTags, extraVars, secretVars, vault: plan.vault },
    ...(settings === undefined ? {} : { settings }),
    ...(limit === undefined ? {} : { limit }),
    tree: { root, sha256 },
  };
}
