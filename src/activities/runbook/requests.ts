import { z } from 'zod';

import { ManagerError, problem } from '../../domain/errors';
import type { StepAction } from '../../domain/runbook/plan';
import type { ParameterValue } from '../../proxmox/types';
import type { ActivityAttempt } from '../shared/attempt';
import { doneWith, type RawAnswer } from './answer';
import type { RunnableStep, RunStepArguments, StepDone } from './contract';
import type { RunbookDependencies } from './dependencies';
import { askElsewhere } from './elsewhere';
import { textsOfStep, type StepTexts } from './texts';

/** A request to the cluster with its values put in. */
export interface OwnRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below /api2/json, without a query. */
  readonly path: string;
  /** The node that owns the object. */
  readonly node?: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/** Sends the request of a step and judges its answer. A change is sent once. */
export async function sendRequest(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: RunStepArguments,
): Promise<StepDone> {
  const { step, values } = input;
  const action = requestIn(step);
  const texts = await textsOfStep(dependencies, attempt, input);
  const raw = texts.plain(action.path).startsWith('https://')
    ? await askElsewhere(attempt, step, action, texts)
    : await askCluster(dependencies, attempt, step, ownRequest(step, texts));
  return doneWith(step, values, raw, texts.redaction);
}

/** The request of a step, filled in. Throws InputInvalid if it goes elsewhere, or its path can't be read. */
export function ownRequest(step: RunnableStep, texts: Pick<StepTexts, 'plain'>): OwnRequest {
  const action = requestIn(step);
  const [path = '', query = ''] = texts.plain(action.path).split('?', 2);
  const given: (readonly [string, string])[] = [
    ...new URLSearchParams(query),
    ...action.parameters.map(({ name, value }) => [name, texts.plain(value)] as const),
  ];
  const [, node] = /^\/nodes\/([^/]+)/.exec(path) ?? [];
  return {
    method: action.method,
    path,
    ...(node === undefined ? {} : { node: decoded(step, node) }),
    parameters: Object.fromEntries(given.map(([name]) => [name, valuesOf(given, name)])),
  };
}

/** Sends it. An HTTP status that the step expects is an answer like any other. */
export async function askCluster(
  { proxmox }: Pick<RunbookDependencies, 'proxmox'>,
  attempt: ActivityAttempt,
  step: RunnableStep,
  { method, path, node, parameters }: OwnRequest,
): Promise<RawAnswer> {
  decoded(step, path);
  const call = { path, signal: attempt.signal, ...(node === undefined ? {} : { node }) };
  try {
    if (method === 'GET') {
      const data = await proxmox.read({ ...call, query: parameters, kind: 'slow' }, anything);
      return { text: textOfData(data), status: 200 };
    }
    attempt.requireAlive();
    const data = await proxmox.change({ ...call, method, parameters }, anything);
    return { text: textOfData(data), status: 200 };
  } catch (error) {
    const expected = step.expectations.flatMap((it) => (it.kind === 'status' ? [it.status] : []));
    if (!(error instanceof ManagerError)) throw error;
    const { status, proxmoxSaid } = error.problem;
    if (status === undefined || status === 200 || !expected.includes(status)) throw error;
    return { text: proxmoxSaid ?? '', status };
  }
}

/** The request that a step is. */
export function requestIn({ action, title }: RunnableStep): Extract<StepAction, { type: 'request' }> {
  if (action.type === 'request') return action;
  throw new ManagerError(
    problem('Internal', { attempted: `run the step "${title}"`, failed: 'it is no request' }),
  );
}

const anything = z.unknown();

function textOfData(data: unknown): string {
  if (data === undefined || data === null) return '';
  return typeof data === 'string' ? data : JSON.stringify(data);
}

function valuesOf(given: readonly (readonly [string, string])[], name: string): ParameterValue {
  const values = given.filter(([it]) => it === name).map(([, value]) => value);
  return values.length === 1 ? values[0] : values;
}

function decoded({ title }: RunnableStep, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new ManagerError(
      problem('InputInvalid', { attempted: `run the step "${title}"`, failed: `${path} is no path` }),
    );
  }
}
