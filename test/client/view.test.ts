import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { Output } from '../../src/client/output';
import type { OperationSnapshot } from '../../src/client/operations/snapshot';
import { ProgressBars } from '../../src/client/view/progressBars';
import { ProgressLines } from '../../src/client/view/progressLines';
import { planView } from '../../src/client/view/planView';
import { retryLine } from '../../src/client/view/retryLine';
import type { TaskProgress } from '../../src/domain/progress';
import { planOf } from './support/plan';

const gib = 1024 ** 3;

function screen() {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
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

describe('the line of an attempt that is made again', () => {
  it("shows Proxmox's words without what could move a terminal's cursor", () => {
    const failed = 'GET /version on pve01: two\nlines\u001b[2J';
    const line = retryLine({ activityId: '1', activity: 'listNode', attempt: 2, failed, code: 'NoQuorum' });
    expect(line).toMatch(
      /attempt 2; the one before failed: GET \/version on pve01: two lines \[2J \[NoQuorum\]$/,
    );
    expect(line).not.toMatch(/\p{Cc}/u);
  });
});

describe('the view of a copy', () => {
  it.each([
    ['lines', ProgressLines],
    ['bars', ProgressBars],
  ])('leaves a speed out that is not known, and shows one that is (%s)', async (_, View) => {
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
});
