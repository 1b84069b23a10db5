import type { TaskProgress } from '../../domain/progress';
import { formatBytes, formatRate } from '../../domain/rendering/sizes';
import { printable } from '../../domain/rendering/text';
import type { Step } from '../../domain/step';
import type { OperationSnapshot } from '../operations/snapshot';
import type { Output } from '../output';
import type { ProgressView } from './progressView';
import { waitingLine } from './waitingLine';

/** A line for each event: a change of phase, a step's change, a quarter of a copy. No control characters. */
export class ProgressLines implements ProgressView {
  readonly #output: Output;
  readonly #quarters = new Map<number, number>();
  readonly #phases = new Map<string, Step['phase']>();
  #waiting = '';

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
    for (const step of snapshot.progress?.steps ?? []) this.#step(step);
    for (const task of snapshot.running) this.#copy(task);
  }

  pause(): void {
    // Lines need no room made for others.
  }

  #step(step: Step): void {
    if (this.#phases.get(step.id) === step.phase) return;
    this.#phases.set(step.id, step.phase);
    if (step.phase === 'waiting') return;
    const failed = step.problem === undefined ? '' : `: ${step.problem.failed}`;
    this.#say(`${step.title}: ${step.phase}${failed}`);
  }

  #copy(task: TaskProgress): void {
    const quarter = task.totalBytes > 0 ? Math.floor((task.copiedBytes / task.totalBytes) * 4) : 0;
    if (quarter <= (this.#quarters.get(task.vmid) ?? 0)) return;
    this.#quarters.set(task.vmid, quarter);
    this.#say(
      `${task.vmid}: ${formatBytes(task.copiedBytes)} of ${formatBytes(task.totalBytes)} copied, ${formatRate(task.bytesPerSecond)}`,
    );
  }

  #say(text: string): void {
    this.#output.note(`${new Date().toISOString().slice(11, 19)}  ${printable(text)}`);
  }
}
