import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { type SearchAttributeName, searchAttributeTypes } from '../domain/names';
import { ManagerError, problem } from '../domain/errors';

/** The two services that are needed; a client's and a worker's connection both have them. */
export type SearchAttributeConnection = Pick<Connection, 'operatorService' | 'workflowService'>;

/** Temporal's numbers of the types (enum IndexedValueType of its API). */
const typeNumbers = { Keyword: 2, KeywordList: 7 } as const;

/** A new attribute is known to the whole server after about 1.5 s; until then it answers `no mapping defined`. */
const knownWithinMs = 15_000;

/**
 * Makes sure that the namespace has our search attributes with our types, registers missing ones where it may,
 * and returns the names that it registered. One that is missing would make every workflow task fail and be
 * retried for ever: so otherwise it throws ManagerError `TemporalUnreachable` with the exact commands to type.
 */
export async function ensureSearchAttributes(
  connection: SearchAttributeConnection,
  namespace: string,
): Promise<SearchAttributeName[]> {
  const { wrong, missing } = await lookAtSearchAttributes(connection, namespace);
  if (wrong.length > 0) throw wrongTypes(namespace, wrong);
  if (missing.length === 0) return [];
  await register(connection, namespace, missing);
  await retryWhileUnmapped(() => useAll(connection, namespace));
  return missing;
}

/** Which of our search attributes a namespace lacks, and which it has with another type. Changes nothing. */
export async function lookAtSearchAttributes(
  connection: SearchAttributeConnection,
  namespace: string,
): Promise<{ readonly missing: SearchAttributeName[]; readonly wrong: SearchAttributeName[] }> {
  const present = await listAttributes(connection, namespace);
  return {
    wrong: ourNames().filter((name) => (present[name] ?? numberOf(name)) !== numberOf(name)),
    missing: ourNames().filter((name) => present[name] === undefined),
  };
}

/**
 * Repeats a call while the server says `no mapping defined for search attribute`, at most 15 s: the first
 * start of a workflow right after its attributes were registered.
 */
export async function retryWhileUnmapped<T>(call: () => Promise<T>): Promise<T> {
  const end = Date.now() + knownWithinMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > end || !isUnmapped(error)) throw error;
      await delay(250);
    }
  }
}

/** The commands that register these attributes with the `temporal` CLI. */
export function registrationCommands(namespace: string, names: readonly SearchAttributeName[]): string[] {
  return names.map(
    (name) =>
      `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${searchAttributeTypes[name]}`,
  );
}

function ourNames(): SearchAttributeName[] {
  return Object.keys(searchAttributeTypes).filter(
    (name): name is SearchAttributeName => name in searchAttributeTypes,
  );
}

function numberOf(name: SearchAttributeName): number {
  return typeNumbers[searchAttributeTypes[name]];
}

async function listAttributes(
  { operatorService, workflowService }: SearchAttributeConnection,
  namespace: string,
): Promise<Record<string, number>> {
  try {
    return (await operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // Without the operator service (Temporal Cloud) the workflow service still lists them.
    return (await workflowService.getSearchAttributes({})).keys;
  }
}

async function register(
  { operatorService }: SearchAttributeConnection,
  namespace: string,
  names: readonly SearchAttributeName[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, numberOf(name)]));
  try {
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (hasCode(error, grpcAlreadyExists)) return;
    throw new ManagerError(
      problem('TemporalUnreachable', {
        attempted: `registering search attributes in the namespace ${namespace}`,
        failed: `the server refused (${error instanceof Error ? error.message : String(error)})`,
        remedy: remedyOf(namespace, names),
      }),
      { cause: error },
    );
  }
}

/** A search that names each attribute is refused as long as one has no mapping. */
async function useAll({ workflowService }: SearchAttributeConnection, namespace: string): Promise<void> {
  const query = ourNames().map((name) => `${name} = 'none'`);
  await workflowService.listWorkflowExecutions({ namespace, pageSize: 1, query: query.join(' AND ') });
}

function wrongTypes(namespace: string, names: readonly SearchAttributeName[]): ManagerError {
  const removal = names.map(
    (name) => `temporal operator search-attribute remove --namespace ${namespace} --name ${name}`,
  );
  return new ManagerError(
    problem('TemporalUnreachable', {
      attempted: `checking the search attributes of the namespace ${namespace}`,
      failed: `these have another type than ours: ${names.map((name) => `${name} (ours: ${searchAttributeTypes[name]})`).join(', ')}`,
      remedy: `If nothing else uses them, replace them; otherwise use another namespace:\n${[...removal, ...registrationCommands(namespace, names)].join('\n')}`,
    }),
  );
}

function remedyOf(namespace: string, names: readonly SearchAttributeName[]): string {
  return `Have someone with the right to it register them, then start again:\n${registrationCommands(namespace, names).join('\n')}`;
}

const grpcAlreadyExists = 6;
const grpcPermissionDenied = 7;
const grpcUnimplemented = 12;

function isRefusal(error: unknown): boolean {
  return hasCode(error, grpcPermissionDenied) || hasCode(error, grpcUnimplemented);
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function isUnmapped(error: unknown): boolean {
  const texts = [error, error instanceof Error ? error.cause : undefined].map(String);
  return texts.some((text) => text.includes('no mapping defined for search attribute'));
}
