import { ManagerError, problem } from '../domain/errors';
import type { Secret } from '../domain/secret';
import { runTool, type ToolResult } from '../programs/run';
import {
  failureOf,
  talosctlFailures,
  toolOf,
  unknownOutcome,
  type FailedCall,
  type KnownFailure,
} from './failures';
import { talosPaths } from './folder';
import { secretsIn, shownWords } from './words';

/** With what a tool is called: one cluster's files, and the attempt that may be cancelled. */
export interface TalosContext {
  /** See talosPaths. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A call of talosctl. */
export interface TalosctlCall {
  /** The words that name it, e.g. `['etcd', 'snapshot']`. */
  readonly command: readonly [string, ...string[]];
  readonly options?: readonly string[];
  /** Whom it asks; absent: nobody. */
  readonly on?: {
    readonly address: string;
    /** `insecure`: a machine in maintenance mode, which knows no certificates. */
    readonly as: 'authenticated' | 'insecure';
  };
  /** `once`: cut off or stopped, its outcome is unknown, and it is never repeated by itself. */
  readonly kind: 'read' | 'repeatable' | 'once';
  /** See FailedCall. */
  readonly waits?: true;
  /** Default 60 s. */
  readonly timeoutMs?: number;
  /** More that must not be shown. */
  readonly secrets?: readonly Secret[];
}

const defaultTimeoutMs = 60_000;

/**
 * Runs talosctl. What it answers is a secret unless the caller knows better: machine configurations, certificates,
 * kubeconfigs. Throws the project's error for what it said, its words redacted and shortened.
 */
export async function talosctl(context: TalosContext, call: TalosctlCall): Promise<Secret> {
  const { command, options = [], on, kind, timeoutMs = defaultTimeoutMs } = call;
  const result = await runTool({
    words: ['talosctl', ...command, ...options, ...target(context.folder, on)],
    timeoutMs,
    signal: context.signal,
    environment: toolEnvironment(context.folder),
  });
  if (result.outcome === 'ended' && result.exitCode === 0) return result.stdout;
  const secrets = [...(await secretsIn(context.folder)), ...(call.secrets ?? [])];
  const attempted = `run talosctl ${command.join(' ')}${on === undefined ? '' : ` on ${on.address}`}`;
  throw endError(
    {
      ...{ attempted, said: shownWords(result.stderr, secrets), kind },
      ...(call.waits === undefined ? {} : { waits: call.waits }),
    },
    result,
    timeoutMs,
    talosctlFailures,
  );
}

/** Nothing of a tool's lands in the home of the worker's user, and nothing there has a say. */
export function toolEnvironment(folder: string): Readonly<Record<string, string>> {
  return { HOME: talosPaths(folder).work };
}

function target(folder: string, on: TalosctlCall['on']): readonly string[] {
  if (on === undefined) return [];
  const where = ['-n', on.address, '-e', on.address];
  return on.as === 'insecure'
    ? ['--insecure', ...where]
    : ['--talosconfig', talosPaths(folder).talosconfig, ...where];
}

/** The error for a tool that did not end well. */
export function endError(
  call: FailedCall,
  result: ToolResult,
  timeoutMs: number,
  known: readonly KnownFailure[],
): ManagerError {
  const tool = toolOf(call);
  const late = `it did not end within ${timeoutMs / 1000} s and was stopped`;
  const fail = (code: 'CommandTimedOut' | 'Interrupted' | 'CommandFailed', failed: string, remedy?: string) =>
    new ManagerError(
      problem(code, { attempted: call.attempted, failed, ...(remedy === undefined ? {} : { remedy }) }),
    );
  switch (result.outcome) {
    case 'notStarted':
      return fail(
        'CommandFailed',
        `the program ${tool} could not be started`,
        `Install ${tool} on the worker's machine, in a folder of its PATH, then retry (docs/talos.md).`,
      );
    case 'timedOut':
      if (call.kind === 'once') return unknownOutcome(call, late);
      return fail('CommandTimedOut', late, 'Look why the machine does not answer in time, then retry.');
    case 'cancelled':
      return call.kind === 'once'
        ? unknownOutcome(call, 'it was cancelled')
        : fail('Interrupted', 'it was cancelled');
    case 'tooMuchOutput':
      return call.kind === 'once'
        ? unknownOutcome(call, 'it wrote far more than it should, and was ended')
        : fail('CommandFailed', 'it wrote far more than it should, and was ended');
    case 'ended':
      return failureOf(call, result.exitCode, known);
  }
}
