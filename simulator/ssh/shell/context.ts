import type { NodeState } from '../../cluster/nodes';
import type { ClusterState } from '../../cluster/state';
import type { Dispatcher } from '../../http/dispatch';
import type { NodeFiles } from '../files/node-files';
import type { ParseScript } from './grammar';

/** What a command runs in: root on a node. */
export interface CommandContext {
  readonly cluster: ClusterState;
  readonly node: NodeState;
  readonly dispatcher: Dispatcher;
  readonly files: NodeFiles;
  /** All of the standard input that nobody has read, once it has ended. */
  readonly stdin: () => Promise<Buffer>;
  /** Writes to the standard output. */
  readonly out: (data: string | Buffer) => void;
  /** Writes to the standard error. */
  readonly err: (data: string | Buffer) => void;
  /** Aborted when the command is sent a signal. */
  readonly signal: AbortSignal;
  /** What one command leaves for the next ones. */
  readonly shell: ShellState;
  readonly programs: ReadonlyMap<string, Program>;
  readonly parse: ParseScript;
}

/** What a shell remembers from one command to the next. */
export interface ShellState {
  umask: number;
  /** `set -e`, `set -u`, `set -o pipefail`. */
  errexit: boolean;
  nounset: boolean;
  pipefail: boolean;
  /** `$?`. */
  exitCode: number;
  readonly variables: Map<string, string>;
  /** Names of the variables that programs get. */
  readonly exported: Set<string>;
  /** `$0`, `$1` and so on. */
  readonly given: readonly string[];
}

/** A program: gets its arguments without its name; gives its exit code. */
export type Program = (context: CommandContext, args: readonly string[]) => number | Promise<number>;

/** The mode that a new file gets. */
export function fileMode({ shell }: CommandContext): number {
  return 0o666 & ~shell.umask;
}

/** Something that a node can and the simulated one can't; the message names it. Ends the whole line with exit code 126. */
export class NotSimulated extends Error {}

/** The shell ends: `exit`, `set -e`, `set -u`. */
export class ShellExit extends Error {
  constructor(readonly exitCode: number) {
    super(`exit ${exitCode}`);
  }
}
