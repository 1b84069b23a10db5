import type { TaskProgress } from '../../domain/progress';
import { formatBytes } from '../../domain/rendering/sizes';
import { printable } from '../../domain/rendering/text';
import type { Step } from '../../domain/step';
import type { OperationSnapshot } from '../operations/snapshot';
import type { Output } from '../output';
import type { ProgressView } from './progressView';
import { playbookLine } from './playbookLine';
import { retryLine } from './retryLine';
import { speedOf } from './speed';
import { taskName } from './taskName';
import { waitingLine } from './waitingLine';

const firstSilenceMs = 10_000;
const longestSilenceMs = 600_000;
const playbookEveryMs = 3_000;

/** A line for each event: a change of phase, a step's change, a quarter of a copy, an attempt that is made again. No control characters. */
export class ProgressLines implements ProgressView {
  readonly #output: Output;
  readonly #quarters = new Map<string, number>();
  readonly #phases = new Map<string, Step['phase']>();
  #retries: ReadonlySet<string> = new Set();
  #waiting = '';
  #playbook = { text: '', saidAt: 0 };
  #saidAt = Date.now();
  #silentMs = firstSilenceMs;

  constructor(output: Output) {
    this.#output = output;
  }

  plan(): void {
    this.#phases.clear();
  }

  update(snapshot: OperationSnapshot): void {
    const waiting = waitingLine(snapshot);
    if (waiting !== this.#waiting) this.#say(waiting);
    this.#waiting = waiting;
    this.#retriesOf(snapshot);
    for (const step of snapshot.progress?.steps ?? []) this.#step(step);
    for (const task of snapshot.running) this.#copy(task, taskName(snapshot, task));
    this.#runOf(snapshot);
    this.#stillThere(waiting);
  }

  pause(): void {
    // Lines need no room made for others.
  }

  /** What is the same for many, as after the death of a worker, is said once. */
  #retriesOf({ retries }: OperationSnapshot): void {
    const lines = new Set(retries.map(retryLine));
    for (const line of lines) if (!this.#retries.has(line)) this.#say(line);
    this.#retries = lines;
  }

  /** Nothing new for a while: the same again, at ever longer intervals, so that nobody takes it for a hang. */
  #stillThere(waiting: string): void {
    if (Date.now() - this.#saidAt < this.#silentMs) return;
    const silentMs = Math.min(this.#silentMs * 2, longestSilenceMs);
    this.#say(`Still: ${waiting}`);
    this.#silentMs = silentMs;
  }

  #step(step: Step): void {
    if (this.#phases.get(step.id) === step.phase) return;
    this.#phases.set(step.id, step.phase);
    if (step.phase === 'waiting') return;
    const failed = step.problem === undefined ? '' : `: ${step.problem.failed}`;
    this.#say(`${step.title}: ${step.phase}${failed}`);
  }

  #copy(task: TaskProgress, name: string): void {
    const quarter = task.totalBytes > 0 ? Math.floor((task.copiedBytes / task.totalBytes) * 4) : 0;
    if (quarter <= (this.#quarters.get(task.upid) ?? 0)) return;
    this.#quarters.set(task.upid, quarter);
    this.#say(
      `${name}: ${formatBytes(task.copiedBytes)} of ${formatBytes(task.totalBytes)} copied${speedOf(task)}`,
    );
  }

  /** Where a playbook is changes all the time: said now and then. */
  #runOf(snapshot: OperationSnapshot): void {
    const text = playbookLine(snapshot);
    const isNew = text !== undefined && text !== this.#playbook.text;
    if (!isNew || Date.now() - this.#playbook.saidAt < playbookEveryMs) return;
    this.#playbook = { text, saidAt: Date.now() };
    this.#say(text);
  }

  #say(text: string): void {
    this.#saidAt = Date.now();
    this.#silentMs = firstSilenceMs;
    this.#output.note(`${new Date().toISOString().slice(11, 19)}  ${printable(text)}`);
  }
}
