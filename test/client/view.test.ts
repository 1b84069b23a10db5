import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { Output } from '../../src/client/output';
import type { OperationSnapshot } from '../../src/client/operations/snapshot';
import { ProgressBars } from '../../src/client/view/progressBars';
import { ProgressLines } from '../../src/client/view/progressLines';
import { choiceMeaning, decisionView, decisionWaits } from '../../src/client/view/decisionView';
import { planBeforeLines, planBeforeOf } from '../../src/client/view/planBeforeLines';
import { planView } from '../../src/client/view/planView';
import { retryLine } from '../../src/client/view/retryLine';
import type { Decision } from '../../src/domain/decision';
import type { TaskProgress } from '../../src/domain/progress';
import { planOf } from './support/plan';

const gib = 1024 ** 3;

function screen(isTTY = true, columns = 200) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const stdin = new PassThrough();
  const terminal = { stdin, stdout: stream, stderr: stream, env: { NO_COLOR: '1' }, person: 'a@b' };
  const output = new Output(terminal, false);
  return {
    output,
    text: () => text,
    async shows(what: string) {
      while (!text.includes(what)) await once(stream, 'data');
    },
  };
}

function snapshotOf(task: Partial<TaskProgress>): OperationSnapshot {
  const copied = { copiedBytes: 4 * gib, totalBytes: 8 * gib, bytesPerSecond: 0, lastLine: '' };
  return {
    workflowId: 'evacuate-node/lab/pve01',
    ...{ runId: 'run-1', firstRunId: 'run-1' },
    type: 'evacuateNode',
    closed: false,
    progress: {
      phase: 'running',
      waitingFor: 'nothing',
      startedAt: '2026-11-25T16:00:00.000Z',
      steps: [],
      openDecisions: 0,
    },
    openDecisions: [],
    running: [{ upid: 'UPID:1', vmid: 101, ...copied, ...task }],
    retries: [],
  };
}

test('a clean-up is said in words that fit every operation that offers it', () => {
  expect(choiceMeaning('cleanup', 'stepFailed')).toBe('end it here and clean up what was begun');
});

describe('the view of a plan', () => {
  it('calls the memory and the guests of a node unknown that is down or could not be read', () => {
    const plan = planOf('lab', [101]);
    const none = { memoryTotalBytes: 0, beforeBytes: 0, afterBytes: 0, guestsBefore: 0, guestsAfter: 0 };
    const nodes = [
      ...plan.nodes,
      { node: 'pve03', online: false, ...none },
      { node: 'pve04', online: true, ...none },
    ];
    const text = planView(screen().output, { ...plan, nodes });
    expect(text).toMatch(/^pve03 \(offline\) +unknown +unknown +unknown +unknown$/m);
    expect(text).toMatch(/^pve04 \(not read\) +unknown +unknown +unknown +unknown$/m);
  });
});

describe('the view of a plan that took the place of another one', () => {
  const plan = planOf('lab', [101]);
  const shown = plan.hash.slice(0, 12);
  const before = { planHash: 'f92bfc3c3ce4', because: 'the approved plan does not hold any more' };

  it('says why, what was found that is no change of the plan, and what differs', () => {
    const reasons = ['VM 102 (web-2) has come to pve01.', 'pve02 is offline.'];
    const changes = ['VM 102 (web-2) has come to pve01.'];
    expect(planBeforeLines(plan, { ...before, reasons, changes })).toEqual([
      `Plan ${shown} takes the place of plan f92bfc3c3ce4: the approved plan does not hold any more.`,
      'pve02 is offline.',
      'What differs from the plan before:',
      'VM 102 (web-2) has come to pve01.',
    ]);
  });

  it('says that the same plan needs a new approval, and nothing where it is the first or of another plan is told', () => {
    const same = { ...before, planHash: shown, reasons: [], changes: [] };
    expect(planBeforeLines(plan, same)).toEqual([
      `Plan ${shown} needs a new approval: the approved plan does not hold any more.`,
    ]);
    expect(planBeforeLines(plan, undefined)).toEqual([]);
    expect(planBeforeOf(plan, { planHash: shown, planBefore: same })).toBe(same);
    expect(planBeforeOf(plan, { planHash: 'f92bfc3c3ce4', planBefore: same })).toBeUndefined();
  });
});

describe('the view of a plan without moves', () => {
  it('says that nothing has to be moved where there is nothing, and that nothing can be where there is', () => {
    const plan = { ...planOf('lab', []), moves: [] };
    expect(planView(screen().output, plan)).toContain('No guest can be moved.');
    const empty = planView(screen().output, { ...plan, stays: [] });
    expect(empty).toContain('There is nothing to move: the node has no guests.');
    expect(empty).not.toContain('No guest can be moved.');
  });
});

describe('the view of a decision', () => {
  const problem = { code: 'TokenRefused', attempted: 'a', failed: 'f', remedy: 'r' } as const;
  const decision: Decision = {
    ...{ id: 'd1', kind: 'stepFailed', title: 'Asked', problem, seen: 'nothing' },
    ...{ choices: ['retry', 'abort'], openedAt: '2026-11-25T16:00:00.000Z' },
  };
  // Nobody is at a terminal who would be asked below it.
  const viewOf = (it: Decision) => decisionView(screen(false).output, it);

  it('says that aborting ends what runs first, but where it asks about credentials, that it waits for none', () => {
    expect(viewOf(decision)).toContain('abort: end the operation; what runs is finished');
    const about = viewOf({ ...decision, kind: 'credentials' });
    expect(about).toContain("abort: wait for no credentials any more; what can't be followed");
    expect(about).not.toContain('what runs is finished');
  });

  it('holds up everything, but of a cluster, where one step asks, only what depends on it; names the other open ones', () => {
    const asked = { kind: 'decision', decision: { ...decision, stepId: 'start-101' } } as const;
    const all = 'The operation waits for decision d1; nothing new starts before that.';
    expect(decisionWaits(asked, 'evacuateNode')).toBe(all);
    expect(decisionWaits({ kind: 'decision', decision }, 'changeCluster')).toBe(all);
    const others = [
      { id: 'd2', stepId: 'start-102' },
      { id: 'd3', stepId: 'start-103' },
    ];
    expect(decisionWaits({ ...asked, alsoOpen: others }, 'changeCluster')).toBe(
      'The operation waits for decision d1 (also open: d2, d3); what does not depend on it goes on.',
    );
    // One that is of no step is about all of them.
    expect(decisionWaits({ ...asked, alsoOpen: [{ id: 'd2' }] }, 'changeCluster')).toBe(
      'The operation waits for decision d1 (also open: d2); nothing new starts before that.',
    );
  });
});

describe('the line of an attempt that is made again', () => {
  it("shows Proxmox's words without what could move a terminal's cursor", () => {
    const failed = 'GET /version on pve01: two\nlines\u001b[2J';
    const line = retryLine({ activityId: '1', activity: 'listNode', attempt: 2, failed, code: 'NoQuorum' });
    expect(line).toMatch(
      /attempt 2; the one before failed: GET \/version on pve01: two lines \[2J \[NoQuorum\]$/,
    );
    expect(line).not.toMatch(/\p{Cc}/u);
  });

  it('counts no attempts of what only watches: it is taken up again', () => {
    const failed = 'its worker was not heard of any more';
    const again = { activityId: '1', attempt: 2, maximumAttempts: 1000, failed };
    expect(retryLine({ ...again, activity: 'copyEnding' })).toBe(
      'Watching a copy is taken up again: its worker was not heard of any more',
    );
    expect(retryLine({ ...again, activity: 'awaitMigration' })).not.toContain('1000');
    expect(retryLine({ ...again, activity: 'proveMove' })).toContain('attempt 2 of 1000');
  });
});

const views = [
  ['lines', ProgressLines],
  ['bars', ProgressBars],
] as const;

describe('the view of a copy', () => {
  it.each(views)('leaves a speed out that is not known, and shows one that is (%s)', async (_, View) => {
    const unknown = screen();
    const view = new View(unknown.output);
    view.update(snapshotOf({ bytesPerSecond: 0 }));
    await unknown.shows('101: 4 GiB of 8 GiB');
    view.pause();
    expect(unknown.text()).not.toContain('B/s');
    const known = screen();
    const other = new View(known.output);
    other.update(snapshotOf({ bytesPerSecond: gib }));
    await known.shows(', 1 GiB/s');
    other.pause();
  });

  it.each(views)("calls the tasks of a runbook by their steps' titles, each apart (%s)", async (_, View) => {
    const shown = screen();
    const view = new View(shown.output);
    const { progress, running, ...rest } = snapshotOf({ vmid: 0 });
    if (progress === undefined) throw new Error('the snapshot has no progress');
    const steps = ['pve01', 'pve02'].map((node, index) => ({
      ...{ id: `fetch-${node}`, title: `Fetch the image on ${node}`, kind: 'change' as const },
      ...{ phase: 'running' as const, upid: `UPID:${index + 1}` },
      ...{ target: 'API', settledTasks: [], warnings: [] },
    }));
    const tasks = running.flatMap((task) => [task, { ...task, upid: 'UPID:2', copiedBytes: 2 * gib }]);
    view.update({ ...rest, type: 'runRunbook', progress: { ...progress, steps }, running: tasks });
    await shown.shows('Fetch the image on pve01: 4 GiB of 8 GiB');
    await shown.shows('Fetch the image on pve02: 2 GiB of 8 GiB');
    view.pause();
  });

  it('says once what is the same for many, and again once it has been over', () => {
    const shown = screen(false);
    const view = new ProgressLines(shown.output);
    const failed = 'its worker was not heard of any more';
    const retries = ['1', '2'].map((activityId) => ({
      activityId,
      activity: 'copyEnding',
      attempt: 2,
      failed,
    }));
    for (const now of [retries, retries, [], retries]) view.update({ ...snapshotOf({}), retries: now });
    expect(shown.text().match(/is taken up again/g)).toHaveLength(2);
  });

  it('cuts what does not fit beside a bar, and says so, so that no line is broken', async () => {
    const narrow = screen(true, 70);
    const view = new ProgressBars(narrow.output);
    const failed = 'its worker was not heard of any more, and much else was said of it';
    const retries = [{ activityId: '1', activity: 'copyEnding', attempt: 2, failed }];
    view.update({ ...snapshotOf({}), retries });
    await narrow.shows('101: ');
    view.pause();
    const lines = stripVTControlCharacters(narrow.text()).split(/[\r\n]+/);
    expect(lines.filter((line) => line.length > 70)).toEqual([]);
    expect(lines.filter((line) => line.endsWith('…'))).not.toEqual([]);
  });
});
