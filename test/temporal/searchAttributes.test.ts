import { execFileSync } from 'node:child_process';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import {
  ensureSearchAttributes,
  registrationCommands,
  retryWhileUnmapped,
} from '../../src/temporal/searchAttributes';
import { condition } from '../support/temporalCondition';
import { temporalExecutable, temporalServer, uniqueName } from '../support/temporal';

const allNames = ['PveCluster', 'PveNode', 'PveOperation', 'PvePhase', 'PveWaitingFor', 'PveVmids'] as const;
const names = [...allNames].sort();
let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: (await temporalServer()).address });
});
afterAll(async () => {
  await connection.close();
});

async function newNamespace(): Promise<string> {
  const namespace = uniqueName('namespace');
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await condition('the namespace is known', () =>
    connection.workflowService.describeNamespace({ namespace }).then(
      () => true,
      () => false,
    ),
  );
  return namespace;
}

async function attributesOf(namespace: string): Promise<Record<string, unknown>> {
  return (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
}

test('missing search attributes are registered, and known when it returns; a second check registers nothing', async () => {
  const namespace = await newNamespace();
  expect((await ensureSearchAttributes(connection, namespace)).sort()).toEqual(names);
  expect(Object.keys(await attributesOf(namespace)).sort()).toEqual(names);
  await expect(ensureSearchAttributes(connection, namespace)).resolves.toEqual([]);
});

test('only what is missing is registered', async () => {
  const namespace = await newNamespace();
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries([['PveNode', keyword]]),
  });
  const registered = await ensureSearchAttributes(connection, namespace);
  expect(registered.sort()).toEqual(names.filter((name) => name !== 'PveNode'));
});

test('an attribute of another type is refused with the commands that replace it', async () => {
  const namespace = await newNamespace();
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries([['PveVmids', keyword]]),
  });
  await expect(ensureSearchAttributes(connection, namespace)).rejects.toMatchObject({
    code: 'TemporalUnreachable',
    problem: {
      failed: 'these have another type than ours: PveVmids (ours: KeywordList)',
      remedy: [
        'If nothing else uses them, replace them; otherwise use another namespace:',
        `temporal operator search-attribute remove --namespace ${namespace} --name PveVmids`,
        `temporal operator search-attribute create --namespace ${namespace} --name PveVmids --type KeywordList`,
      ].join('\n'),
    },
  });
  expect(Object.keys(await attributesOf(namespace))).toEqual(['PveVmids']);
});

test('where registering is not allowed, it is refused with the commands for someone who may', async () => {
  const namespace = await newNamespace();
  const restricted = await Connection.connect({ address: (await temporalServer()).address });
  jest
    .spyOn(restricted.operatorService, 'addSearchAttributes')
    .mockRejectedValue(Object.assign(new Error('7 PERMISSION_DENIED: Request unauthorized.'), { code: 7 }));
  const checked = ensureSearchAttributes(restricted, namespace);
  await expect(checked).rejects.toMatchObject({
    code: 'TemporalUnreachable',
    problem: {
      remedy: [
        'Have someone with the right to it register them, then start again:',
        ...registrationCommands(namespace, allNames),
      ].join('\n'),
    },
  });
  await restricted.close();
  expect(await attributesOf(namespace)).toEqual({});
});

test('the commands are those that the temporal CLI takes', async () => {
  const namespace = await newNamespace();
  const { address } = await temporalServer();
  for (const command of registrationCommands(namespace, ['PveVmids', 'PveCluster'])) {
    const [, ...commandArguments] = command.split(' ');
    execFileSync(await temporalExecutable(), [...commandArguments, '--address', address]);
  }
  expect(await attributesOf(namespace)).toEqual({ PveVmids: 7, PveCluster: 2 });
});

test('a first start is repeated while the server has no mapping yet, and only then', async () => {
  const answers = [unmapped, unmapped, undefined, new Error('something else')];
  let calls = 0;
  const call = () => {
    const answer = answers[calls];
    calls += 1;
    return answer === undefined ? Promise.resolve('started') : Promise.reject(answer);
  };
  await expect(retryWhileUnmapped(call)).resolves.toBe('started');
  expect(calls).toBe(3);
  await expect(retryWhileUnmapped(call)).rejects.toThrow('something else');
  expect(calls).toBe(4);
});

/** Temporal's number of the type Keyword. */
const keyword = 2;
/** As the client wraps what a server on PostgreSQL answers. */
const unmapped = new Error('Failed to start Workflow', {
  cause: new Error('3 INVALID_ARGUMENT: no mapping defined for search attribute PveCluster'),
});
