import type { RunValue } from '../runbook/values';

/** What running a playbook is started with: one JSON object. */
export interface PlaybookRequest {
  /** Its name: that of its file without folder and ending. */
  readonly playbook: string;
  /** Our name of the cluster, as a check that the right worker answers. */
  readonly cluster?: string;
  /** Pattern of hosts (`--limit`), never a file (`@...`). */
  readonly limit?: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** Extra variables by name. They are part of the history: no secrets. */
  readonly extraVars?: Readonly<Record<string, RunValue>>;
  /** Extra variables whose values are secrets: name of the variable -> name under `secrets` in cluster-config.yaml. */
  readonly secretVars?: Readonly<Record<string, string>>;
  /** Run it with `--check` before the plan is shown: an estimate. */
  readonly estimate?: boolean;
  /** End after the plan. */
  readonly dryRun?: boolean;
  /** Who asks, as a claim. */
  readonly requestedBy?: string;
  /** Continue as new at this many history events (tests). */
  readonly historyEventLimit?: number;
}

const secretLike = /(^|_)(pass|password|passwd|passphrase|token|secret|private_key)$/i;

/** Whether a variable of this name most likely holds a secret: its value must not be written to a history. */
export function isNameOfSecret(name: string): boolean {
  return secretLike.test(name);
}
