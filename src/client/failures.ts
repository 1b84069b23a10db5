import { isGrpcCancelledError, isGrpcDeadlineError, isGrpcServiceError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { CommanderError } from 'commander';
import { ZodError } from 'zod';
import { isErrorCode, ManagerError, problem, type Problem } from '../domain/errors';
import { exitCodes, type ExitCode } from '../domain/exitCodes';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/). */
const unavailable = 14;
const failedPrecondition = 9;

/**
 * What commander suggests for a command that begins with dashes (`pxm -- --help`): it takes that for an option, and the first
 * two letters of every command for dashes.
 */
const cutSuggestion = /\n\(Did you mean (?:one of )?--[^)]*\)$/;

/** Thrown where a person left with Ctrl-C: the operation goes on. */
export class Interrupted extends Error {}

/** What any error means to a person. */
export function problemOfError(error: unknown): Problem {
  if (error instanceof ManagerError) return error.problem;
  const failed = (error instanceof Error ? error.message : String(error)).replace(/^error: /, '');
  if (error instanceof CommanderError || error instanceof ZodError) {
    const isCommand = error instanceof CommanderError && error.code === 'commander.unknownCommand';
    const said = isCommand ? failed.replace(cutSuggestion, '') : failed;
    return problem('InputInvalid', { attempted: 'read the command line', failed: said });
  }
  if (error instanceof WorkflowNotFoundError) {
    return problem('NotFound', {
      attempted: `find the operation ${error.workflowId}`,
      failed: 'Temporal does not know it, or has forgotten it',
    });
  }
  if (isUnavailable(error) || isGrpcDeadlineError(error)) {
    return problem('TemporalUnreachable', { attempted: 'talk to the Temporal server', failed });
  }
  return problem('Internal', { attempted: 'run the command', failed });
}

/** What a failure of a workflow or of an update says, with the project's code where it has one. */
export function problemOfFailure(cause: Error | undefined, attempted: string): Problem {
  if (cause instanceof ApplicationFailure) {
    const [detail] = cause.details ?? [];
    if (isProblem(detail)) return detail;
    const code = isErrorCode(cause.type) ? cause.type : 'Internal';
    return problem(code, { attempted, failed: cause.message });
  }
  return problem('Internal', { attempted, failed: cause?.message ?? 'no reason was given' });
}

/** The exit code that fits a problem that ended a command. */
export function exitCodeOfProblem(it: Problem): ExitCode {
  const badInput = it.code === 'InputInvalid' || it.code === 'ConfigInvalid' || it.code === 'NotFound';
  return badInput ? exitCodes.badInput : exitCodes.incomplete;
}

/** Whether a request was not answered because no worker polls: in time, or at all. */
export function isUnanswered(error: unknown): boolean {
  const precondition = isGrpcServiceError(rootOf(error)) && grpcCode(error) === failedPrecondition;
  return isGrpcDeadlineError(error) || isGrpcCancelledError(error) || precondition;
}

/** Whether the server could not be reached. */
export function isUnavailable(error: unknown): boolean {
  return grpcCode(error) === unavailable;
}

function grpcCode(error: unknown): number | undefined {
  const root = rootOf(error);
  return isGrpcServiceError(root) ? root.code : undefined;
}

/** The SDK wraps what gRPC threw. */
function rootOf(error: unknown): unknown {
  return error instanceof Error && !isGrpcServiceError(error) && error.cause !== undefined
    ? error.cause
    : error;
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    isErrorCode(value.code) &&
    'attempted' in value &&
    'failed' in value &&
    'remedy' in value
  );
}
