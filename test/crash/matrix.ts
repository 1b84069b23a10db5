import type { LimitFunction } from 'p-limit';
import { callsOfAll, isChange, nameOf, type Call } from './calls';
import { cellName, runCell, runReference, type Cell, type CellResult, type ReferenceRun } from './cell';
import type { CrashScenario, MomentName } from './scenarios/scenario';
import type { Theatre } from './stage';
import type { TemporalServer } from './temporalServer';
import { differences } from './truth';

/** What a matrix runs on. */
export interface MatrixOptions {
  readonly theatre: Theatre;
  readonly shared: TemporalServer;
  /** A server of its own, for cells that kill it. */
  readonly ownServer: () => Promise<TemporalServer>;
  /** So many cells at once, those of other matrices among them. */
  readonly limit: LimitFunction;
  /** A call is tried at its moments if each of so many undisturbed runs makes it: polls vary in number. */
  readonly referenceRuns: number;
  /** Which cells. */
  readonly wanted: (cell: Cell) => boolean;
  /** The result of a cell that needs not be run again. */
  readonly known: (cell: Cell) => CellResult | undefined;
  /** Called with each result as it comes. */
  readonly keep: (result: CellResult) => void;
  readonly say: (line: string) => void;
}

/** Everything that a run of the matrix has shown. */
export interface MatrixOutcome {
  /** All calls that are tried, in their order. */
  readonly calls: readonly Call[];
  /** Calls that only some undisturbed runs make. */
  readonly sometimes: readonly string[];
  readonly results: readonly CellResult[];
  /** How long the whole took. */
  readonly seconds: number;
  readonly parallel: number;
}

/** Runs the operation undisturbed, then once a cell. Throws if the undisturbed runs are not alike. */
export async function runMatrix(options: MatrixOptions): Promise<MatrixOutcome> {
  const startedAtMs = performance.now();
  const { theatre, shared, limit, say } = options;
  const { name } = theatre.scenario;
  const runs = await Promise.all(
    Array.from({ length: options.referenceRuns }, () => limit(() => runReference(theatre, shared))),
  );
  const reference = alike(name, runs);
  const made = runs.map(({ calls }) => calls);
  const calls = callsOfAll(made);
  const always = new Set(calls.map(nameOf));
  const sometimes = [...new Set(made.flat().map(nameOf))].filter((name) => !always.has(name));
  const cells = cellsOf(calls, theatre.scenario).filter(options.wanted);
  say(
    `${name}: ${calls.length} calls in every undisturbed run, ${cells.length} cells, ${limit.concurrency} at once`,
  );

  let done = cells.filter((cell) => options.known(cell) !== undefined).length;
  async function run(cell: Cell): Promise<CellResult> {
    const known = options.known(cell);
    if (known !== undefined) return known;
    const result = await runOnServer(options, cell, reference);
    // A poll that comes or not: its cell gets a second chance, and only one.
    const final = result.missed ? await runOnServer(options, cell, reference) : result;
    done += 1;
    options.keep(final);
    say(`${name} ${lineOf(final, done, cells.length)}`);
    return final;
  }
  const results = await Promise.all(cells.map((cell) => limit(() => run(cell))));
  return {
    ...{ calls, sometimes, results, parallel: limit.concurrency },
    seconds: (performance.now() - startedAtMs) / 1000,
  };
}

/**
 * Every call at every moment; those that are spread over the run come with what the subset names. Changing requests
 * first, then from the end of the run to its beginning: what most depends on what was done before shows early.
 */
function cellsOf(calls: readonly Call[], { subset, momentsOf, spread }: CrashScenario): Cell[] {
  const each = calls.flatMap((call) => momentsOf(call).map((moment) => ({ call, moment })));
  const someOf = (moment: MomentName, count: number) => {
    const named = new Set(subset.filter((it) => it.moments.includes(moment)).map((it) => it.call));
    const chosen = new Set([
      ...firstOfEachPart(calls, count),
      ...calls.filter((call) => named.has(nameOf(call))),
    ]);
    return [...chosen].map((call) => ({ call, moment }));
  };
  return [
    ...each.filter(({ call }) => isChange(call)),
    ...someOf('temporal', spread.temporal),
    ...someOf('standby', spread.standby),
    ...each.filter(({ call }) => !isChange(call)).toReversed(),
  ];
}

/** The first call of each of `count` parts of the run. */
function firstOfEachPart(calls: readonly Call[], count: number): Call[] {
  const partOf = (index: number) => Math.floor((index * count) / calls.length);
  return calls.filter((_call, index) => index === 0 || partOf(index) > partOf(index - 1));
}

async function runOnServer(
  { theatre, shared, ownServer }: MatrixOptions,
  cell: Cell,
  { truth }: ReferenceRun,
): Promise<CellResult> {
  if (cell.moment !== 'temporal') return runCell(theatre, shared, cell, truth);
  const server = await ownServer();
  try {
    return await runCell(theatre, server, cell, truth);
  } finally {
    await server.stop();
  }
}

function alike(name: string, runs: readonly ReferenceRun[]): ReferenceRun {
  const [first, ...others] = runs;
  const problems = runs.flatMap((run) => run.problems);
  if (first === undefined || problems.length > 0)
    throw new Error(`an undisturbed run of ${name}: ${problems.join('; ')}`);
  const unlike = others.flatMap((other) => differences(first.truth, other.truth));
  if (unlike.length > 0) throw new Error(`undisturbed runs of ${name} end otherwise: ${unlike.join('; ')}`);
  return first;
}

function lineOf(result: CellResult, done: number, total: number): string {
  const { passed, seconds, secondsToNextRequest: next, decisions, problems, folder } = result;
  const figures = [
    `${seconds.toFixed(0)} s`,
    ...(next === undefined ? [] : [`next call after ${next.toFixed(1)} s`]),
    ...(decisions.length === 0 ? [] : [`${decisions.length} decisions`]),
  ];
  const line = `${done}/${total} ${passed ? 'passed' : 'FAILED'} ${cellName(result)} (${figures.join(', ')})`;
  return [
    line,
    ...problems.map((text) => `    ${text}`),
    ...(folder === undefined ? [] : [`    kept: ${folder}`]),
  ].join('\n');
}
