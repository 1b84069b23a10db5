import type { Decision } from '../../../../src/domain/decision';
import type { Problem } from '../../../../src/domain/errors';
import { contentsOf } from '../../../canary/contents';
import type { Evidence } from '../../../canary/search';
import { waitUntil } from '../../../support/waitUntil';
import type { Running } from '../../support/runbookStage';

/** A failure that the reference of cluster lifecycles names, and the question that it must end in. */
export interface NamedFailure {
  /** What the reference says, in its words or shortened. */
  readonly reference: string;
  readonly stepId: string;
  readonly problem: Pick<Problem, 'code'> & Partial<Problem>;
  /** Words of the tool's own that the person must see. */
  readonly words: string;
  /** Whether secrets were among its words, and must be cut out. */
  readonly hidesSecrets?: true;
  /** What was wrong is put right, before the step is tried again; perhaps something else is wrong then. */
  readonly withdraw?: () => void;
  /** What is done while the step is tried again. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** Steps that only wait, and end in a question on a machine that is slow: they are tried again, whatever is tested. */
const waiting = /^(address|maintenance|configured|ready|health|synchronized)(-|$)/;

/** Everything that a question says of what went wrong. */
export function saidIn({ problem: { failed, proxmoxSaid = '', logTail = [] } }: Decision): string {
  return [failed, proxmoxSaid, ...logTail].join('\n');
}

/** Answers each question with `retry` until all failures were seen, each once; the questions, in their order. */
export async function retryAll<Plan, Report>(
  running: Running<Plan, Report>,
  failures: readonly NamedFailure[],
): Promise<readonly Decision[]> {
  const left = [...failures];
  const seen: Decision[] = [];
  while (left.length > 0) {
    const decision = await running.decision();
    const at = left.findIndex((it) => it.stepId === decision.stepId && saidIn(decision).includes(it.words));
    const [failure] = at === -1 ? [] : left.splice(at, 1);
    if (failure === undefined) {
      expectSlowness(decision);
    } else {
      expect(decision).toMatchObject({ kind: 'stepFailed', problem: failure.problem });
      // A machine that is being made can also be replaced.
      expect(decision.choices.filter((it) => it !== 'replace')).toEqual(['retry', 'skip', 'abort']);
      expect(decision.problem.remedy.length).toBeGreaterThan(20);
      expect(saidIn(decision)).not.toContain('Usage:');
      if (failure.hidesSecrets === true) expect(saidIn(decision)).toContain('[secret]');
      failure.withdraw?.();
      seen.push(decision);
    }
    await running.decide(decision, 'retry');
    await failure?.meanwhile?.();
  }
  return seen;
}

/** The report, after nothing more went wrong: only steps that wait may have asked meanwhile, and were tried again. */
export async function retriedToTheEnd<Plan, Report>(running: Running<Plan, Report>): Promise<Report> {
  await waitUntil('the end', async () => {
    const { phase } = await running.progress();
    if (phase === 'closed') return true;
    const decisions = await running.handle.query<Decision[]>('decisions');
    const open = decisions.find(({ answer }) => answer === undefined);
    if (open === undefined) return undefined;
    expectSlowness(open);
    await running.decide(open, 'retry');
    return undefined;
  });
  return running.report();
}

function expectSlowness(decision: Decision): void {
  expect(decision).toMatchObject({
    stepId: expect.stringMatching(waiting) as unknown,
    problem: { code: 'NotAsExpected' },
  });
}

/** All texts of an operation's history, until another one of its ID is begun. */
export async function historyOf({ handle }: Pick<Running<never, never>, 'handle'>): Promise<Evidence> {
  return { name: handle.workflowId, bytes: contentsOf(await handle.fetchHistory()) };
}
