/** How a task ended, by the text of its exit status (behaviour: 3.2, 8.2). It never says where a guest is. */
export interface ExitStatus {
  /**
   * `aborted`: a migration failed before the point of no return. `problems`: a migration failed later, the guest
   * may be on either node. `unexpectedStatus`: the worker died without a last word. `error`: any other failure.
   */
  readonly kind: 'ok' | 'warnings' | 'aborted' | 'problems' | 'unexpectedStatus' | 'error';
  /** In Proxmox's words. */
  readonly text: string;
  /** Only of `warnings`. */
  readonly warnings?: number;
}

const fixedTexts: Readonly<Record<string, ExitStatus['kind']>> = {
  OK: 'ok',
  'migration aborted': 'aborted',
  'migration problems': 'problems',
  'unexpected status': 'unexpectedStatus',
};

/** Classifies the text of an exit status. */
export function classifyExitStatus(text: string): ExitStatus {
  const warnings = /^WARNINGS: (\d+)$/.exec(text)?.[1];
  if (warnings !== undefined) return { kind: 'warnings', text, warnings: Number(warnings) };
  return { kind: fixedTexts[text] ?? 'error', text };
}

/** Whether Proxmox counts the task as a success: `OK` or `WARNINGS: n`. */
export function succeeded(exit: ExitStatus): boolean {
  return exit.kind === 'ok' || exit.kind === 'warnings';
}

/** The exit status that a log's last line tells, if it is one. */
export function exitStatusOfLine(line: string): ExitStatus | undefined {
  const [, word, rest] = /^TASK (OK|WARNINGS|ERROR)(?:: (.*))?$/.exec(line) ?? [];
  if (word === undefined) return undefined;
  if (word === 'ERROR') return classifyExitStatus(rest ?? '');
  return classifyExitStatus(rest === undefined ? word : `${word}: ${rest}`);
}
