import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { z } from 'zod';
import { queryNames, shownPlanHashLength } from '../../src/domain/names';
import type { CrashScenario } from './scenarios/scenario';
import type { Stage } from './stage';
import { until } from './wait';

/** How an operation ended. */
export interface Ending {
  /** What the workflow returned; undefined if it failed or never ended. */
  readonly result: unknown;
  /** Why there is no result. */
  readonly problem: string | undefined;
  /** Titles of the decisions that were asked. */
  readonly decisions: readonly string[];
}

/** An operation that takes longer than this hangs: heartbeats cost 10 s each, migrations some seconds. */
const hangsAfterMs = 240_000;
const lookEveryMs = 500;
/** A query needs a worker; where none lives it is asked again later. */
const queryWithinMs = 3_000;

const plan = z.looseObject({ hash: z.string() });
const decisions = z.array(
  z.looseObject({
    id: z.string(),
    title: z.string(),
    choices: z.array(z.string()),
    problem: z.looseObject({ failed: z.string() }),
    answer: z.looseObject({}).optional(),
  }),
);

/** The decisions that wait for a person, in what the query tells. */
export function openDecisionsOf(told: unknown): z.infer<typeof decisions> {
  return decisions.parse(told).filter(({ answer }) => answer === undefined);
}

const waitingForKey = defineSearchAttributeKey('PveWaitingFor', SearchAttributeType.KEYWORD);

/** Starts the operation and does what a person would: approves the plan that is shown, answers decisions with retry. */
export async function runOperation(stage: Stage, scenario: CrashScenario): Promise<Ending> {
  const { connection } = stage.temporal.connected;
  const { handle } = stage;
  const asked = new Map<string, string>();
  await scenario.begin(stage);

  const query = (name: string) =>
    connection.withDeadline(Date.now() + queryWithinMs, () => handle.query<unknown>(name));

  async function approve(): Promise<void> {
    const { hash } = plan.parse(await query(queryNames.plan));
    await handle.signal('approve', { planHash: hash.slice(0, shownPlanHashLength), by: 'crash matrix' });
  }

  async function answer(): Promise<void> {
    for (const decision of openDecisionsOf(await query(queryNames.decisions))) {
      asked.set(decision.id, `${decision.title}: ${decision.problem.failed}`);
      const choice = decision.choices.includes('retry') ? 'retry' : 'wait';
      await handle.signal('decide', { decisionId: decision.id, choice, by: 'crash matrix' });
    }
  }

  /** True once it has ended. A server or a worker that is just dead makes this fail: then it is looked at again. */
  async function look(): Promise<boolean> {
    try {
      const { status, typedSearchAttributes } = await handle.describe();
      if (status.name !== 'RUNNING') return true;
      const waitsFor = typedSearchAttributes.get(waitingForKey);
      if (waitsFor === 'approval') await approve();
      if (waitsFor === 'decision' || waitsFor === 'credentials') await answer();
    } catch (error) {
      if (error instanceof z.ZodError) throw error;
      return false;
    }
    return false;
  }

  try {
    await until('the end of the operation', look, { withinMs: hangsAfterMs, everyMs: lookEveryMs });
    return { result: await handle.result(), problem: undefined, decisions: [...asked.values()] };
  } catch (error) {
    return { result: undefined, problem: String(error), decisions: [...asked.values()] };
  }
}
