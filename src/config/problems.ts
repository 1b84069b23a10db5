/** One problem of a configuration file, with the place and what would be right. Never holds a value of `credentials`. */
export interface ConfigProblem {
  /** The file as the user named it. */
  readonly file: string;
  /** From 1. The failing value or key; for a missing key the key that should hold it. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** e.g. `cluster.nodes[1].host`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly expected: string;
  /** The nearest valid key or value, if something was probably mistyped. */
  readonly nearest?: string;
}

/** The problems for a terminal, one a line: `file:line:column path: message; expected ...`. */
export function describeConfigProblems(problems: readonly ConfigProblem[]): string {
  return problems.map(describeProblem).join('\n');
}

function describeProblem(it: ConfigProblem): string {
  const subject = it.path === '' ? 'the file' : it.path;
  const hint = it.nearest === undefined ? '' : ` (did you mean ${it.nearest}?)`;
  return `${it.file}:${it.line}:${it.column} ${subject}: ${it.message}; expected ${it.expected}${hint}`;
}
