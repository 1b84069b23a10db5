import { callsOf, nameOf, type Call } from './calls';
import { keepEvidence } from './evidence';
import { problemsOf } from './judge';
import { holdFor, MomentMissed, strike, type Struck } from './moments';
import type { MomentName } from './scenarios/scenario';
import { runOperation } from './operation';
import { setStage, type Stage, type Theatre } from './stage';
import type { TemporalServer } from './temporalServer';
import { truthOf, type Truth } from './truth';

/** One call at one moment. */
export interface Cell {
  readonly call: Call;
  readonly moment: MomentName;
}

/** What became of a cell. */
export interface CellResult extends Cell {
  readonly passed: boolean;
  /** What is wrong; empty if it passed. */
  readonly problems: readonly string[];
  /** The call never came. */
  readonly missed: boolean;
  readonly decisions: readonly string[];
  /** From the new worker's first poll (or the death of the first one, where a second was there) to the next call. */
  readonly secondsToNextRequest: number | undefined;
  readonly seconds: number;
  /** Logs and configuration, kept where it failed. */
  readonly folder: string | undefined;
}

/** A run in which nothing dies. */
export interface ReferenceRun {
  readonly calls: readonly Call[];
  readonly truth: Truth;
  readonly problems: readonly string[];
}

/** `POST /nodes/pve01/qemu/101/migrate #1:freeze` */
export function cellName({ call, moment }: Cell): string {
  return `${nameOf(call)}:${moment}`;
}

/** Runs the operation undisturbed. */
export async function runReference(theatre: Theatre, temporal: TemporalServer): Promise<ReferenceRun> {
  const { scenario } = theatre;
  const stage = await setStage(theatre, temporal);
  try {
    await stage.startWorker();
    await stage.worker.ready();
    const before = stage.callCount();
    const ending = await runOperation(stage, scenario);
    const { control } = stage.simulator;
    const calls = callsOf(stage.journal.arrivals().slice(before));
    const problems = [
      ...(await problemsOf(stage, scenario, ending, undefined)),
      ...ending.decisions,
      ...scenario.referenceProblems(control),
    ];
    return {
      calls,
      truth: truthOf(control),
      problems,
    };
  } finally {
    await stage.close(false);
  }
}

/** Runs one cell. Never rejects: what goes wrong is a problem of the cell. */
export async function runCell(
  theatre: Theatre,
  temporal: TemporalServer,
  cell: Cell,
  reference: Truth,
): Promise<CellResult> {
  const startedAtMs = performance.now();
  const stage = await setStage(theatre, temporal);
  const told = await playCell(stage, theatre, cell, reference).catch((error: unknown) => ({
    ...nothingHappened,
    missed: error instanceof MomentMissed,
    problems: [error instanceof Error ? error.message : String(error)],
  }));
  const passed = told.problems.length === 0;
  // A server that is just dead has no history to keep.
  if (!passed) await keepEvidence(stage).catch(() => undefined);
  const folder = await stage.close(!passed);
  return {
    ...cell,
    ...told,
    passed,
    seconds: (performance.now() - startedAtMs) / 1000,
    folder,
  };
}

type Told = Pick<CellResult, 'problems' | 'missed' | 'decisions' | 'secondsToNextRequest'>;

const nothingHappened: Told = {
  problems: [],
  missed: false,
  decisions: [],
  secondsToNextRequest: undefined,
};

async function playCell(
  stage: Stage,
  { scenario }: Theatre,
  { call, moment }: Cell,
  reference: Truth,
): Promise<Told> {
  await stage.startWorker();
  await stage.worker.ready();
  const hold = stage.journal.hold(call, holdFor(moment));
  const ended = runOperation(stage, scenario);
  const came = await Promise.race([hold.arrived.then(() => true), ended.then(() => false)]);
  if (!came) {
    const { problem, decisions } = await ended;
    const problems = ['its moment did not come', ...(problem === undefined ? [] : [problem])];
    return { ...nothingHappened, missed: true, problems, decisions };
  }
  const struck = await strike(moment, stage, call, hold);
  const ending = await ended;
  const problems = await problemsOf(stage, scenario, ending, reference);
  return { ...nothingHappened, ...nextRequest(stage, struck, problems), decisions: ending.decisions };
}

/** The promise: at most this from a new worker's first poll to the operation's next call. */
const nextRequestWithinSeconds = 15;

function nextRequest(stage: Stage, struck: Struck, problems: readonly string[]) {
  const next = stage.journal.arrivals()[struck.afterCalls];
  if (next === undefined) return { problems: [...problems, 'no call came afterwards'] };
  const secondsToNextRequest = Math.max(0, next.receivedAtMs - struck.sinceMs) / 1000;
  const late = secondsToNextRequest > nextRequestWithinSeconds;
  const lateness = `the next call came ${secondsToNextRequest.toFixed(1)} s after the first poll`;
  return { secondsToNextRequest, problems: late ? [...problems, lateness] : problems };
}
