import { dirname } from 'node:path';

import { runProgram } from '../../credentials/program';
import { ManagerError, problem } from '../../domain/errors';
import type { StepAction } from '../../domain/runbook/plan';
import type { Secret } from '../../domain/secret';
import { sshHostOf } from '../doctor/facts/seeNode';
import type { ActivityAttempt } from '../shared/attempt';
import { doneWith, type RawAnswer } from './answer';
import type { RunStepArguments, StepDone } from './contract';
import type { RunbookDependencies } from './dependencies';
import { textsOfStep, type StepTexts } from './texts';

type Words = readonly [string, ...string[]];

/** More of an output is not looked at. */
const largestOutputBytes = 1024 * 1024;
const defaultTimeoutMs = 10 * 60_000;

/** What programs of operators need beside what every program gets: places, no secrets. */
const furtherVariables = ['SSH_AUTH_SOCK', 'KUBECONFIG', 'TALOSCONFIG', 'ANSIBLE_CONFIG', 'LANG'];

/** Runs the command of a step on a node, or on this machine. Throws OutcomeUnknown for a change that was cut. */
export async function runCommandStep(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: RunStepArguments,
): Promise<StepDone> {
  const texts = await textsOfStep(dependencies, attempt, input);
  const { step, values, node } = input;
  const words = wordsOf(step.action, texts);
  const stdin = inputOf(step.action, texts);
  if (step.kind !== 'read') attempt.requireAlive();
  const raw =
    step.executor === 'local'
      ? await runHere(dependencies, attempt, input, words, stdin)
      : await runThere(dependencies, attempt, { ...input, node: node ?? '' }, words, stdin, texts.secrets);
  return doneWith(step, values, raw, texts.redaction);
}

function wordsOf(action: StepAction, texts: StepTexts): Words {
  if (action.type === 'script') return ['bash', '-c', texts.plain(action.script)];
  const [program, ...args] = action.type === 'program' ? action.words.map((word) => texts.plain(word)) : [];
  if (program !== undefined && program !== '') return [program, ...args];
  throw new ManagerError(problem('InputInvalid', { attempted: 'run a command', failed: 'there is none' }));
}

function inputOf(action: StepAction, texts: StepTexts): Secret | undefined {
  const text = 'stdin' in action ? action.stdin : undefined;
  return text === undefined ? undefined : texts.secret(text);
}

async function runThere(
  { config, ssh }: RunbookDependencies,
  { signal }: ActivityAttempt,
  { step, node }: RunStepArguments & { readonly node: string },
  words: Words,
  stdin: Secret | undefined,
  secrets: readonly Secret[],
): Promise<RawAnswer> {
  const found = config.cluster.nodes.find(({ name }) => name === node);
  if (found === undefined) {
    const failed = `the configuration has no node ${node}`;
    throw new ManagerError(problem('InputInvalid', { attempted: `run the step "${step.title}"`, failed }));
  }
  const result = await ssh.run(
    sshHostOf(found, config.sshUser),
    { words },
    {
      kind: step.kind === 'read' ? 'read' : 'change',
      timeoutMs: step.timeoutMs ?? defaultTimeoutMs,
      maximumOutputBytes: largestOutputBytes,
      anyExit: true,
      signal,
      secrets,
      ...(stdin === undefined ? {} : { stdin }),
    },
  );
  return {
    text: result.stdout.text(),
    errorText: result.stderr.text(),
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
  };
}

/** Without a shell unless the words name one; ended with all its children in time. */
async function runHere(
  { config }: RunbookDependencies,
  { signal }: ActivityAttempt,
  { step }: RunStepArguments,
  words: Words,
  stdin: Secret | undefined,
): Promise<RawAnswer> {
  const timeoutMs = step.timeoutMs ?? defaultTimeoutMs;
  const result = await runProgram({
    words,
    timeoutMs,
    signal,
    folder: dirname(config.file),
    environment: ownEnvironment(),
    ...(stdin === undefined ? {} : { stdin }),
  });
  const attempted = `run ${words[0]} on the worker's machine (step "${step.title}")`;
  switch (result.outcome) {
    case 'ended':
      return {
        text: result.stdout.slice(-largestOutputBytes),
        errorText: result.stderr.slice(-largestOutputBytes),
        ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
      };
    case 'notStarted':
      throw new ManagerError(
        problem('CommandFailed', {
          attempted,
          failed: `there is no program ${words[0]}`,
          remedy: "Install it on the worker's machine, then retry.",
        }),
      );
    case 'timedOut':
    case 'cancelled':
      throw stopped(attempted, result.outcome, timeoutMs, step.kind === 'read');
  }
}

function stopped(
  attempted: string,
  outcome: 'timedOut' | 'cancelled',
  timeoutMs: number,
  isRead: boolean,
): ManagerError {
  const isLate = outcome === 'timedOut';
  const why = isLate ? `it did not end within ${timeoutMs / 1000} s` : 'it was cancelled';
  const code = isRead ? (isLate ? 'CommandTimedOut' : 'Interrupted') : 'OutcomeUnknown';
  const remedy = isRead
    ? {}
    : { remedy: 'It may have done all, a part or nothing of its work: look before it is run again.' };
  return new ManagerError(
    problem(code, { attempted, failed: `${why}; it was ended with all its children`, ...remedy }),
  );
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    furtherVariables.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
