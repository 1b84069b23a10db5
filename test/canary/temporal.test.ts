import { ApplicationFailure, Context } from '@temporalio/activity';
import type { WorkflowStartOptions } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { z } from 'zod';
import type { ConnectedClient } from '../../src/temporal/connection';
import { runTestWorker, testClient, uniqueName, type TestWorker } from '../support/temporal';
import { serverStateFolder } from '../support/temporalRun';
import { newCanaryToken } from './canary';
import { filesBelow } from './files';
import { historiesOf } from './histories';
import { everyForm } from './planting';
import { namedNeedles, needlesOf, search } from './search';
import { waitUntil } from '../support/waitUntil';

const taskQueue = uniqueName('planted');
const node = defineSearchAttributeKey('PveNode', SearchAttributeType.KEYWORD);

/** How a workflow is started that holds a text in one place, and which evidence then tells it. */
interface Place {
  readonly options: (text: string) => Partial<WorkflowStartOptions>;
  readonly tells: RegExp;
}

const places: Record<string, Place> = {
  'the input': { options: (text) => ({ args: [{ text }] }), tells: /: history$/ },
  'the memo': { options: (text) => ({ memo: { text } }), tells: /: description$/ },
  'a search attribute': {
    options: (text) => ({ typedSearchAttributes: [{ key: node, value: text }] }),
    tells: /: description$/,
  },
  'the details': { options: (text) => ({ staticDetails: text }), tells: /: description$/ },
  'a failure': { options: (text) => plan('fail', text), tells: /: history$/ },
  'a heartbeat': { options: (text) => plan('beat', text), tells: /: description$/ },
  "an activity's result, and so the current details": {
    options: (text) => plan('answer', text),
    tells: /: queries$/,
  },
};

const orders = z.object({ kind: z.enum(['fail', 'beat', 'answer']), text: z.string() });

/** An evacuation whose planning does with the text as its node's name says; the name itself must not show it. */
function plan(kind: z.infer<typeof orders>['kind'], text: string): Partial<WorkflowStartOptions> {
  return { args: [{ node: Buffer.from(JSON.stringify({ kind, text })).toString('hex') }] };
}

const activities = {
  awaitCredentials: () => Context.current().cancelled,
  async planEvacuation({ request }: { readonly request: { readonly node: string } }): Promise<never> {
    const { kind, text } = orders.parse(JSON.parse(Buffer.from(request.node, 'hex').toString()));
    if (kind === 'beat') {
      Context.current().heartbeat(text);
      await Context.current().cancelled;
    }
    const type = kind === 'fail' ? 'Internal' : 'TokenRefused';
    throw ApplicationFailure.create({ message: text, type, nonRetryable: true });
  },
};

const planted = Object.entries(places).map(([place, how]) => ({
  ...{ place, ...how, secret: newCanaryToken().secret },
}));

function formNames(secret: string): string[] {
  return everyForm(secret).map(({ form }) => form);
}

describe('planted in Temporal', () => {
  let temporal: ConnectedClient;
  let worker: TestWorker;
  beforeAll(async () => {
    temporal = await testClient();
    worker = await runTestWorker({ taskQueue, activities });
  });
  afterAll(async () => {
    await worker.stop();
    await temporal.close();
  });

  test.each(planted)('it is found in $place, in every form', async ({ options, tells, secret }) => {
    const { client } = temporal;
    const workflowId = uniqueName('planted');
    const text = everyForm(secret)
      .map((it) => it.text)
      .join(' ');
    const given = { workflowId, taskQueue, args: [{ node: '' }], ...options(text) };
    const handle = await client.workflow.start('evacuateNode', given);
    const found = await waitUntil('a hit', async () => {
      const hits = search(await historiesOf(client, `WorkflowId = '${workflowId}'`), needlesOf(secret));
      return hits.find(({ name }) => tells.test(name));
    });
    expect(found.forms.toSorted()).toEqual(formNames(secret).toSorted());
    // It may have ended by itself.
    await handle.terminate().catch(() => undefined);
  });

  // It holds what every test of the run has done: one search for all.
  test('it is found in the database, from each place in every form', () => {
    const needles = planted.flatMap(({ place, secret }) => namedNeedles(place, secret));
    const files = search(filesBelow(serverStateFolder()), needles);
    const ofDatabase = files.filter(({ name }) => /temporal\.db(-wal)?$/.test(name));
    const all = planted.flatMap(({ place, secret }) => formNames(secret).map((form) => `${place}: ${form}`));
    expect(new Set(ofDatabase.flatMap((hit) => hit.forms))).toEqual(new Set(all));
  });
});
