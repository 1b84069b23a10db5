import type { Position } from '../config/yamlDocument';

/** Every kind of problem that a runbook can have, with how much it matters. */
export const problemKinds = {
  file: 'error',
  'front-matter': 'error',
  'no-steps': 'error',
  'missing-label': 'error',
  'wrong-block': 'error',
  'bad-attribute': 'error',
  'bad-block': 'error',
  'bad-condition': 'error',
  'bad-expectation': 'error',
  'bad-parameter': 'error',
  'duplicate-id': 'error',
  'duplicate-name': 'error',
  'unknown-parameter': 'error',
  'unknown-secret': 'error',
  'unknown-runbook': 'error',
  'used-before-set': 'error',
  'undeclared-tool': 'error',
  'secret-in-command': 'error',
  'secret-misplaced': 'error',
  'unmarked-destructive': 'error',
  unreachable: 'error',
  'unsafe-placeholder': 'error',
  'shell-syntax': 'error',
  'raw-placeholder': 'warning',
  'legacy-placeholder': 'warning',
  'unused-parameter': 'warning',
  'outside-step': 'warning',
  'rest-instead': 'warning',
  placeholder: 'warning',
  'other-name': 'warning',
} as const;
/** One of the kinds. */
export type ProblemKind = keyof typeof problemKinds;

/** One problem of a runbook. */
export interface RunbookProblem {
  /** The file as the user named it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** With errors a runbook is neither planned nor run. */
  readonly severity: 'error' | 'warning';
  readonly kind: ProblemKind;
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
}

/** Takes problems while a file is looked at. */
export interface Reporter {
  report(kind: ProblemKind, place: Position, message: string, remedy: string): void;
}

/** Collects the problems of one file. */
export class Problems implements Reporter {
  readonly #file: string;
  readonly #found: RunbookProblem[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  report(kind: ProblemKind, place: Position, message: string, remedy: string): void {
    const severity = problemKinds[kind];
    this.#found.push({
      file: this.#file,
      line: place.line,
      column: place.column,
      severity,
      kind,
      message,
      remedy,
    });
  }

  /** All of them in the order of the file, none twice. */
  inOrder(): readonly RunbookProblem[] {
    const byPlace = new Map(this.#found.toReversed().map((it) => [`${it.line} ${it.message}`, it]));
    return [...byPlace.values()].toSorted((one, other) => one.line - other.line || one.column - other.column);
  }
}

/** Whether nothing keeps the runbook from being planned. */
export function isUsable(problems: readonly RunbookProblem[]): boolean {
  return problems.every(({ severity }) => severity !== 'error');
}

/** The problems for a terminal, one a line: `file:line:column severity: message; remedy [kind]`. */
export function describeRunbookProblems(problems: readonly RunbookProblem[]): string {
  return problems.map(describe).join('\n');
}

function describe(it: RunbookProblem): string {
  return `${it.file}:${it.line}:${it.column} ${it.severity}: ${it.message}; ${it.remedy} [${it.kind}]`;
}
