import type { NodeState } from '../../cluster/nodes';
import type { ClusterState } from '../../cluster/state';
import type { Dispatcher } from '../../http/dispatch';
import type { NodeFiles } from '../files/node-files';

/** What a command runs in: root on a node. */
export interface CommandContext {
  readonly cluster: ClusterState;
  readonly node: NodeState;
  readonly dispatcher: Dispatcher;
  readonly files: NodeFiles;
  /** All of the standard input, once it has ended. */
  readonly stdin: () => Promise<Buffer>;
  /** Writes to the standard output. */
  readonly out: (data: string | Buffer) => void;
  /** Writes to the standard error. */
  readonly err: (data: string | Buffer) => void;
  /** Aborted when the command is sent a signal. */
  readonly signal: AbortSignal;
  /** What `umask` and `set -e` set, for the rest of the line. */
  readonly shell: ShellState;
}

/** What one command of a line leaves for the next ones. */
export interface ShellState {
  umask: number;
  stopAtFailure: boolean;
}

/** A program: gets its arguments without its name; gives its exit code. */
export type Program = (context: CommandContext, args: readonly string[]) => number | Promise<number>;
