import { Agent, request } from 'undici';
import { z } from 'zod';
import { contentsOf } from '../../canary/contents';
import { filesBelow } from '../../canary/files';
import { needlesOf, search } from '../../canary/search';
import { entry, user } from './accessCluster';
import type { Remains } from './scenario';

const reportSchema = z.looseObject({
  outcome: z.string(),
  steps: z.array(z.looseObject({ title: z.string(), outcome: z.string() })),
});

/** The report has to say that everything was done. */
export function reportProblems(result: unknown): string[] {
  const report = reportSchema.safeParse(result);
  if (!report.success) return ['the workflow returned no report'];
  const { outcome, steps } = report.data;
  return [
    ...(outcome === 'done' ? [] : [`the report says ${outcome}`]),
    ...(steps.length > 0 ? [] : ['the report names no steps']),
    ...steps
      .filter((step) => step.outcome !== 'done' && step.outcome !== 'kept')
      .map((step) => `the report says ${step.outcome}: ${step.title}`),
  ];
}

/** The store holds this token and nothing else, and its secret opens every node. `undefined`: it holds nothing. */
export async function storeProblems(remains: Remains, tokenId: string | undefined): Promise<string[]> {
  const { store, simulator } = remains;
  if (store === undefined) return ['there is no store'];
  const entries = await store.entries();
  const surplus = entries.filter((it) => tokenId === undefined || it !== entry);
  const left = surplus.map((it) => `the store has an entry ${it}`);
  if (tokenId === undefined) return left;
  if (!entries.includes(entry)) return [...left, 'the store holds no token'];
  const [storedId, secret = ''] = (await store.show(entry)).split('\n');
  const ours = simulator.control.cluster.access.users.get(user)?.tokens.size ?? 0;
  return [
    ...left,
    ...(storedId === tokenId ? [] : [`the store holds ${storedId ?? 'nothing'}`]),
    ...(ours === 1 ? [] : [`${user} has ${ours} tokens`]),
    ...(await refusals(remains, `${storedId ?? ''}=${secret}`)),
  ];
}

async function refusals({ simulator }: Remains, credentials: string): Promise<string[]> {
  const dispatcher = new Agent({ connect: { ca: simulator.certificateAuthorityPem } });
  const headers = { authorization: `PVEAPIToken=${credentials}` };
  try {
    const answers = await Promise.all(
      simulator.nodes.map(async ({ name, url }) => {
        const { statusCode, body } = await request(`${url}/api2/json/version`, { dispatcher, headers });
        await body.dump();
        return { name, statusCode };
      }),
    );
    return answers
      .filter(({ statusCode }) => statusCode !== 200)
      .map(({ name, statusCode }) => `${name} answers the stored secret with ${statusCode}`);
  } finally {
    await dispatcher.close();
  }
}

/** No value that a token ever had stands in a log, a report, the configuration or the history. */
export async function leakProblems({ folder, handle, secrets }: Remains): Promise<string[]> {
  const history = { name: 'the history', bytes: contentsOf(await handle.fetchHistory()) };
  const description = { name: 'the description', bytes: contentsOf((await handle.describe()).raw) };
  const needles = [...secrets].flatMap(needlesOf);
  return search([history, description, ...filesBelow(folder)], needles).map(
    ({ name, forms }) => `a token's value is in ${name} (${forms.join(', ')})`,
  );
}
