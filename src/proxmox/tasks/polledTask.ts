import { ManagerError, type ErrorCode } from '../../domain/errors';
import type { Upid } from '../../domain/upid';
import { taskLog, taskStatus, type TaskRow } from '../api/tasks';
import type { ProxmoxClient } from '../types';
import type { ActiveClock } from './activeClock';
import { classifyExitStatus, succeeded, type ExitStatus } from './exitStatus';
import {
  addLine,
  copiedBytesOf,
  createProgressDetector,
  emptyMigrationLog,
  type MigrationLog,
} from './migrationLog';
import { createSpeedMeter, type SpeedMeter } from './prediction';

/** A task that runs for days has some 100,000 lines: they come in pages. */
const pageLines = 1000;

/** The task may still be running: it is asked on. Any other failure ends the waits. */
const patientCodes: readonly ErrorCode[] = ['NodeUnreachable', 'NoQuorum', 'ProxmoxFailed'];

/** Nothing but its log tells that a task hangs: after so long without it the list of its node is not enough. */
const listedForMs = 10_000;

/** Lines come about once a second, so one poll without a new figure is no stop yet. */
const pauseMs = 5_000;

/** What polling one task has shown so far. */
export interface PolledTask {
  readonly upid: Upid;
  readonly log: MigrationLog;
  readonly speed: SpeedMeter;
  /** Set once the task has ended and its whole log is read. */
  readonly exit: ExitStatus | undefined;
  /** Set once asking is pointless. */
  readonly failure: unknown;
  /** Why the last poll brought no answer. */
  readonly unreachable: string | undefined;
  readonly isBusy: boolean;
  readonly lastPollMs: number;
  /** When the task itself began; undefined: some time before `firstSeenMs`. */
  readonly startedAtMs: number | undefined;
  /** When this began, and when the log first showed that everything is copied. */
  readonly firstSeenMs: number;
  readonly copyDoneMs: number | undefined;
  /** More is known to be there: the rest of the log. */
  readonly isUrgent: boolean;
  /** What the log showed at the last poll, and when; undefined while nothing is copied. */
  readonly moving: { readonly atMs: number; readonly copiedBytes: number } | undefined;
  /** How long polls have shown no progress; only up to the last poll. */
  readonly silentForMs: number;
  /** Sends one request and takes in what it shows. Never rejects. */
  poll(): Promise<void>;
  /**
   * Takes in what the list of its node's tasks shows: that it runs, or has ended well. Of one that is not in it, or ended
   * badly, the log is asked next. Never rejects.
   */
  see(rows: Promise<readonly TaskRow[]>): Promise<void>;
  /** Whether the list is enough for now: nothing is copied that is to be seen, and its log was read lately, or it is new. */
  isListable(nowMs: number): boolean;
  /** Gives up a running poll. */
  cancel(): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Starts with nothing known but, where we started the task, when that was. After `silenceMs` without a new line the status is asked: a killed worker writes no
 * last line.
 */
export function createPolledTask(
  client: ProxmoxClient,
  upid: Upid,
  clock: ActiveClock,
  silenceMs: number,
  startedAtMs: number | undefined,
): PolledTask {
  const isProgress = createProgressDetector();
  const speed = createSpeedMeter();
  const log = emptyMigrationLog();
  const stop = new AbortController();
  let linesSeen = 0;
  let lastLogMs = Number.NEGATIVE_INFINITY;
  let next: 'log' | 'status' = 'log';
  let lastNewsMs = clock.nowMs();
  let lastProgressMs = clock.activeMs();
  let exitWithoutLog: ExitStatus | undefined;
  const state: Mutable<PolledTask> = {
    upid,
    log,
    speed,
    exit: undefined,
    failure: undefined,
    unreachable: undefined,
    isBusy: false,
    lastPollMs: Number.NEGATIVE_INFINITY,
    startedAtMs,
    firstSeenMs: clock.nowMs(),
    copyDoneMs: undefined,
    isUrgent: false,
    moving: undefined,
    silentForMs: 0,
    poll,
    see,
    isListable: (nowMs) =>
      next === 'log' &&
      !state.isUrgent &&
      copiedBytesOf(log) === 0 &&
      nowMs - Math.max(state.firstSeenMs, lastLogMs) < listedForMs,
    cancel: () => stop.abort(),
  };

  async function readLog(): Promise<void> {
    const lines = await taskLog(
      client,
      upid,
      { start: linesSeen, limit: pageLines },
      { signal: stop.signal },
    );
    const before = copiedBytesOf(log);
    const news = lines.filter(({ n }) => n > linesSeen);
    const progressed = news.filter(({ t }) => {
      addLine(log, t);
      return isProgress(t);
    }).length;
    linesSeen = news.at(-1)?.n ?? linesSeen;
    noteProgress(progressed > 0, copiedBytesOf(log) > before);
    const atMs = clock.nowMs();
    lastLogMs = atMs;
    if (news.length > 0) lastNewsMs = atMs;
    if (log.copyDone) state.copyDoneMs ??= atMs;
    state.isUrgent = lines.length >= pageLines;
    next = atMs - lastNewsMs >= silenceMs ? 'status' : 'log';
    // The last line is where the status call has it from (behaviour: 3.2): one request less for each guest.
    if (!state.isUrgent) state.exit = log.exit ?? exitWithoutLog;
  }

  function noteProgress(progressed: boolean, copied: boolean): void {
    const atMs = clock.nowMs();
    const copiedBytes = copiedBytesOf(log);
    if (progressed) lastProgressMs = clock.activeMs();
    // Of a copy that is over it is not known since when: the last bytes may be seconds old.
    if (copied && !log.copyDone) speed.add({ atMs, copiedBytes });
    if (copied) state.moving = { atMs, copiedBytes };
    else if (state.moving !== undefined && atMs - state.moving.atMs > pauseMs) state.moving = undefined;
  }

  async function readStatus(): Promise<void> {
    const { running, exitStatus } = await taskStatus(client, upid, { signal: stop.signal });
    next = 'log';
    state.isUrgent = false;
    if (running) return;
    exitWithoutLog = classifyExitStatus(exitStatus ?? 'unexpected status');
    state.isUrgent = true;
  }

  function takeRow(row: TaskRow | undefined): void {
    if (row?.running === true) return;
    const exit = row?.exitStatus === undefined ? undefined : classifyExitStatus(row.exitStatus);
    // Why it failed is in its log.
    if (exit !== undefined && succeeded(exit)) state.exit = exit;
    else state.isUrgent = true;
  }

  async function ask(look: () => Promise<void>): Promise<void> {
    state.isBusy = true;
    state.lastPollMs = clock.nowMs();
    try {
      await look();
      state.unreachable = undefined;
    } catch (error) {
      state.moving = undefined;
      if (error instanceof ManagerError && patientCodes.includes(error.code)) {
        state.unreachable = error.message;
      } else {
        state.failure = error;
      }
    }
    state.isBusy = false;
  }

  async function poll(): Promise<void> {
    await ask(() => (next === 'log' ? readLog() : readStatus()));
    state.silentForMs = clock.activeMs() - lastProgressMs;
  }

  function see(rows: Promise<readonly TaskRow[]>): Promise<void> {
    return ask(async () => takeRow((await rows).find((row) => row.upid === upid.text)));
  }

  return state;
}
