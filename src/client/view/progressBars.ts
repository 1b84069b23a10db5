import { MultiBar, type SingleBar } from 'cli-progress';
import type { EvacuationPlan } from '../../domain/evacuationPlan';
import type { AnyPlan } from '../../domain/operation';
import type { OperationPhase, TaskProgress } from '../../domain/progress';
import { formatBytes, formatDuration } from '../../domain/rendering/sizes';
import { printable } from '../../domain/rendering/text';
import type { OperationSnapshot } from '../operations/snapshot';
import type { Output } from '../output';
import { copyTotals } from './copyTotals';
import type { ProgressView } from './progressView';
import { playbookLine } from './playbookLine';
import { retryLine } from './retryLine';
import { shortened } from './shortened';
import { speedOf } from './speed';
import { taskName } from './taskName';
import { waitingLine } from './waitingLine';

/** Phases in which no bar moves. */
const looking: ReadonlySet<OperationPhase> = new Set(['planning', 'checking', 'verifying']);

const barColumns = 24;
/** Blank, bar, blank, `100 %`, blank. */
const columnsBeforeLabel = barColumns + 8;

/** A bar for each running copy (bytes, speed, time left), one for the whole with what is waited for, and what is tried again. */
export class ProgressBars implements ProgressView {
  readonly #output: Output;
  #plan: EvacuationPlan | undefined;
  #bars: MultiBar | undefined;
  readonly #byUpid = new Map<string, SingleBar>();
  #overall: SingleBar | undefined;
  #retries: SingleBar[] = [];
  #doing = { text: '', since: Date.now() };

  constructor(output: Output) {
    this.#output = output;
  }

  plan(plan: AnyPlan): void {
    this.#plan = plan.operation === 'evacuateNode' ? plan : undefined;
  }

  update(snapshot: OperationSnapshot): void {
    const bars = (this.#bars ??= this.#open());
    this.#updateOverall(bars, snapshot);
    this.#updateRetries(bars, [...new Set(snapshot.retries.map(retryLine))]);
    const running = new Set(snapshot.running.map((task) => task.upid));
    for (const [upid, bar] of this.#byUpid) {
      if (running.has(upid)) continue;
      bars.remove(bar);
      this.#byUpid.delete(upid);
    }
    for (const task of snapshot.running) this.#updateTask(bars, task, taskName(snapshot, task));
  }

  pause(): void {
    this.#bars?.stop();
    this.#bars = undefined;
    this.#overall = undefined;
    this.#retries = [];
    this.#byUpid.clear();
  }

  #open(): MultiBar {
    return new MultiBar({
      format: ' {bar} {percent} {label}',
      barCompleteChar: '#',
      barIncompleteChar: '.',
      barsize: barColumns,
      fps: 5,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      emptyOnZero: true,
      gracefulExit: false,
      linewrap: false,
      stream: this.#output.progressScreen,
    });
  }

  #updateOverall(bars: MultiBar, snapshot: OperationSnapshot): void {
    const { value, total, label } = overallOf(this.#plan, snapshot, this.#doingNow(snapshot));
    this.#overall ??= bars.create(total, value, {});
    this.#show(this.#overall, value, total, label);
  }

  /** What it does, and for how long where no bar moves. */
  #doingNow(snapshot: OperationSnapshot): string {
    const text = waitingLine(snapshot);
    if (text !== this.#doing.text) this.#doing = { text, since: Date.now() };
    const seconds = Math.floor((Date.now() - this.#doing.since) / 1000);
    const looks = snapshot.progress !== undefined && looking.has(snapshot.progress.phase);
    const run = playbookLine(snapshot);
    if (run !== undefined) return `${text} ${run}`;
    return looks && seconds >= 2 ? `${text} (${formatDuration(seconds)})` : text;
  }

  /** A line each, without a bar: the reason would not fit beside one. */
  #updateRetries(bars: MultiBar, texts: readonly string[]): void {
    for (const bar of this.#retries.splice(texts.length)) bars.remove(bar);
    for (const [index, text] of texts.entries()) {
      const label = shortened(text, this.#output.columns - 1);
      const bar = this.#retries[index];
      if (bar === undefined) this.#retries.push(bars.create(1, 0, { label }, { format: ' {label}' }));
      else bar.update({ label });
    }
  }

  #updateTask(bars: MultiBar, task: TaskProgress, name: string): void {
    const total = Math.max(1, task.totalBytes);
    const bar = this.#byUpid.get(task.upid) ?? bars.create(total, 0, {});
    this.#byUpid.set(task.upid, bar);
    this.#show(bar, Math.min(total, task.copiedBytes), total, taskLabel(this.#plan, task, name));
  }

  #show(bar: SingleBar, value: number, total: number, label: string): void {
    const percent = `${Math.floor((value / total) * 100)} %`.padStart(5);
    bar.setTotal(total);
    bar.update(value, { percent, label: shortened(label, this.#output.columns - columnsBeforeLabel) });
  }
}

function overallOf(
  plan: EvacuationPlan | undefined,
  snapshot: OperationSnapshot,
  doing: string,
): { readonly value: number; readonly total: number; readonly label: string } {
  if (plan === undefined) {
    const steps = snapshot.progress?.steps ?? [];
    const value = steps.filter(({ phase }) => phase === 'done').length;
    return { value, total: Math.max(1, steps.length), label: printable(doing) };
  }
  const totals = copyTotals(plan, snapshot);
  const left =
    (totals.secondsLeft ?? 0) < 0.5 ? '' : `, about ${formatDuration(totals.secondsLeft ?? 0)} left`;
  const label = `${totals.guestsDone}/${totals.guests} guests, ${formatBytes(totals.copiedBytes)} of ${formatBytes(totals.totalBytes)}${left}. ${printable(doing)}`;
  return totals.totalBytes > 0
    ? { value: totals.copiedBytes, total: totals.totalBytes, label }
    : { value: totals.guestsDone, total: Math.max(1, totals.guests), label };
}

function taskLabel(plan: EvacuationPlan | undefined, task: TaskProgress, otherName: string): string {
  const move = plan?.moves.find((it) => it.vmid === task.vmid);
  const name = move === undefined ? otherName : `${task.vmid} ${move.name} -> ${move.target}`;
  const left = task.secondsLeft === undefined ? '' : `, ${formatDuration(task.secondsLeft)} left`;
  return printable(
    `${name}: ${formatBytes(task.copiedBytes)} of ${formatBytes(task.totalBytes)}${speedOf(task)}${left}`,
  );
}
