import { ApiError } from '../../http/errors';
import type { RawValue } from '../../http/parameters';
import type { Task } from '../../tasks/task';
import type { CommandContext } from '../shell/context';

/** A call of the API that a command makes in its own process. */
export interface CommandCall {
  readonly method: string;
  readonly path: string;
  readonly values: ReadonlyMap<string, RawValue>;
}

/** What became of it: its result, or that its task failed (told on the standard error already). */
export interface CallOutcome {
  readonly result: unknown;
  readonly taskFailed: boolean;
}

/**
 * Calls the API as root@pam. A task that it starts runs in the foreground: what it logs is printed, its error goes to the
 * standard error (behaviour.md 11.1).
 */
export async function callApi(context: CommandContext, call: CommandCall): Promise<CallOutcome> {
  const print = (line: string): void => {
    if (line !== '') context.out(`${line}\n`);
  };
  const result = await context.dispatcher.callLocally({ ...call, print }, context.node);
  const task = taskOf(context, result);
  if (task === undefined) return { result, taskFailed: false };
  const interrupt = (): void => task.worker.interrupt();
  context.signal.addEventListener('abort', interrupt, { once: true });
  await task.finished;
  context.signal.removeEventListener('abort', interrupt);
  return { result, taskFailed: printTask(context, task) };
}

/** The running or ended task that a result names. */
function taskOf({ cluster }: CommandContext, result: unknown): Task | undefined {
  if (typeof result !== 'string' || !result.startsWith('UPID:')) return undefined;
  return cluster.tasks.find(result, result.split(':')[1] ?? '');
}

/** Prints its log without the last line, and its error; true if it failed. */
function printTask(context: CommandContext, task: Task): boolean {
  const failure = task.lines.findIndex((line) => line.startsWith('TASK ERROR: '));
  for (const line of failure < 0 ? task.lines : task.lines.slice(0, failure)) {
    if (line !== 'TASK OK' && !line.startsWith('TASK WARNINGS: ')) context.out(`${line}\n`);
  }
  if (failure >= 0) {
    const text = task.lines.slice(failure).join('\n').replace('TASK ERROR: ', '');
    context.err(`${text}\n`);
  }
  const { exitStatus = '' } = task;
  return exitStatus !== 'OK' && !exitStatus.startsWith('WARNINGS');
}

/** What a command prints of an error: the text, for bad parameters one line each and the usage. */
export function errorOutput(error: unknown, usageLine: string): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status !== 400) return `${error.message}\n`;
  const errors = Object.entries(error.errors ?? {})
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, text]) => `${key}: ${text}\n`);
  return `400 ${error.message}\n${errors.join('')}${usageLine}\n`;
}

interface LeftoverErrno {
  readonly text: RegExp;
  readonly exitCode: number;
}

/**
 * Perl's `die` exits with whatever the last system call left in errno, else 255: numbers that recording g1 happened to see
 * (observed.md: "not to be relied on").
 */
const leftoverErrnos: readonly LeftoverErrno[] = [
  { text: /^Configuration file '.*' does not exist$/m, exitCode: 2 },
  { text: /^create user failed: user '.*' already exists$/m, exitCode: 2 },
  { text: /^unable to create VM \d+: config file already exists$/m, exitCode: 2 },
  { text: /: non-existent or non-regular file$/m, exitCode: 2 },
  { text: /^VM \d+ is running - destroy failed$/m, exitCode: 25 },
  { text: /^you can't convert a VM to template if VM is running$/m, exitCode: 25 },
];

/** The exit code of a command that died with this text. */
export function exitCodeOf(text: string): number {
  return leftoverErrnos.find((one) => one.text.test(text))?.exitCode ?? 255;
}

/** What every command that reads user.cfg says of entries that nothing stands for any more (recording g1). */
export function warnOfStaleEntries({ cluster, err }: CommandContext): void {
  for (const entry of cluster.access.staleEntries) err(`user config - ignore invalid acl ${entry}\n`);
}
