import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import pLimit from 'p-limit';
import { locateExecutable } from '../../src/temporal/executable/locate';
import { temporalCli } from '../../src/temporal/executable/pins';
import { cellName, type Cell, type CellResult } from './cell';
import { nameOf } from './calls';
import { killAll } from './leftBehind';
import { runMatrix, type MatrixOptions } from './matrix';
import { closeKeyring } from './pass/store';
import { openResults } from './results';
import { scenarios } from './scenarios';
import type { CrashScenario } from './scenarios/scenario';
import { makeCertificates } from './stage';
import { matrixMarkdown, withMatrix } from './table';
import { startTemporalServer } from './temporalServer';

interface CommandLine {
  readonly scenario?: string[];
  readonly subset?: boolean;
  readonly only?: string[];
  readonly parallel: string;
  readonly write?: boolean;
  readonly resume?: boolean;
}

const root = resolve(__dirname, '../..');
const caches = join(root, 'node_modules/.cache/crash-matrix');
const document = join(root, 'docs/reliability.md');

/** The build as it is now, beside node_modules: a later build must not change what the cells run. */
function copyBuild(): string {
  const built = join(root, 'dist');
  if (!existsSync(join(built, 'src/worker.js'))) throw new Error('nothing is built: run npm run build');
  mkdirSync(caches, { recursive: true });
  const copy = mkdtempSync(join(caches, 'build-'));
  cpSync(built, copy, { recursive: true });
  return copy;
}

function selection(scenario: CrashScenario, { subset, only }: CommandLine): (cell: Cell) => boolean {
  if (only !== undefined)
    return (cell) => [cellName(cell), nameOf(cell.call)].some((name) => only.includes(name));
  if (subset !== true) return () => true;
  return ({ call, moment }) =>
    scenario.subset.some((it) => it.call === nameOf(call) && it.moments.includes(moment));
}

/** Cells of the subset that were not run, because the calls are other ones by now. */
function absentCells({ subset }: CrashScenario, results: readonly CellResult[]): string[] {
  const run = new Set(results.map(cellName));
  return subset
    .flatMap(({ call, moments }) => moments.map((moment) => `${call}:${moment}`))
    .filter((name) => !run.has(name));
}

/** Only a whole matrix is gone on with, so only its results are kept; what is known of it survives a partial one. */
function resultsFile(
  { name }: CrashScenario,
  { subset, only, write, resume }: CommandLine,
): string | undefined {
  if (subset !== true && only === undefined) return join(caches, `${name}.jsonl`);
  if (write === true || resume === true) throw new Error('--write and --resume are for the whole matrix');
  return undefined;
}

function chosenScenarios(names: readonly string[] | undefined): readonly CrashScenario[] {
  const known = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
  return (names ?? [...known.keys()]).map((name) => {
    const scenario = known.get(name);
    if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
    return scenario;
  });
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Runs the matrix of one operation and tells its table. Returns how many cells passed and failed. */
async function runScenario(
  scenario: CrashScenario,
  options: CommandLine,
  common: Pick<MatrixOptions, 'limit' | 'shared' | 'ownServer'> & {
    readonly folder: string;
    readonly build: string;
  },
): Promise<{ readonly passed: number; readonly failed: number }> {
  const { limit, shared, ownServer, folder, build } = common;
  if (options.subset === true && scenario.subset.length === 0) return { passed: 0, failed: 0 };
  const isPart = options.subset === true || options.only !== undefined;
  const results = openResults(resultsFile(scenario, options), options.resume === true);
  const outcome = await runMatrix({
    theatre: {
      ...{ scenario, folder },
      workerProgram: join(build, 'src/worker.js'),
      evidenceFolder: join(caches, 'failed'),
    },
    ...{ shared, ownServer, say, limit },
    referenceRuns: isPart ? 1 : 3,
    wanted: selection(scenario, options),
    ...{ known: results.known, keep: results.keep },
  });
  const absent = options.subset === true ? absentCells(scenario, outcome.results) : [];
  for (const name of absent) say(`FAILED ${name}: no undisturbed run makes this call`);
  const markdown = matrixMarkdown(scenario, outcome);
  if (outcome.results.length > 0) say(`\n${markdown}`);
  if (options.write === true) {
    writeFileSync(document, withMatrix(readFileSync(document, 'utf8'), scenario, markdown));
  }
  const passed = outcome.results.filter((result) => result.passed).length;
  return { passed, failed: outcome.results.length - passed + absent.length };
}

async function run(options: CommandLine): Promise<void> {
  const chosen = chosenScenarios(options.scenario);
  const executable = await locateExecutable(temporalCli, { onProgress: say });
  const folder = mkdtempSync(join(tmpdir(), 'pxm-crash-matrix-'));
  const build = copyBuild();
  const cleanUp = () => {
    killAll();
    closeKeyring(folder);
    for (const it of [folder, build]) rmSync(it, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      cleanUp();
      process.exit(130);
    });
  }
  let servers = 0;
  const ownServer = () => startTemporalServer(join(folder, `temporal-${(servers += 1)}`), executable);
  const shared = await ownServer();
  try {
    await makeCertificates(chosen, folder);
    for (const prepare of new Set(chosen.flatMap((it) => it.prepare ?? []))) await prepare(folder);
    const limit = pLimit(Number(options.parallel));
    // The whole matrices one after the other, so that each has its own time; the few cells of parts together.
    const oneByOne = pLimit(options.subset === true ? chosen.length : 1);
    const common = { limit, shared, ownServer, folder, build };
    const counts = await Promise.all(
      chosen.map((scenario) => oneByOne(() => runScenario(scenario, options, common))),
    );
    const passed = counts.reduce((sum, count) => sum + count.passed, 0);
    const failed = counts.reduce((sum, count) => sum + count.failed, 0);
    say(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  } finally {
    await shared.stop();
    cleanUp();
  }
}

const program = new Command('crash-matrix')
  .description(
    'Runs each operation once for each call it makes and each moment at which something can die there.',
  )
  .option(
    '--scenario <names...>',
    `only these operations: ${scenarios.map(({ name }) => name).join(', ')} (default: all)`,
  )
  .option('--subset', 'a few cells of each kind, in a few minutes')
  .option('--only <texts...>', 'these calls or cells: `<method> <path> #<occurrence>[:<moment>]`')
  .option('--parallel <n>', 'so many cells at once: most of their time is waiting for timeouts', '10')
  .option(
    '--resume',
    'go on after an interrupted run of the same build: leave out the cells that passed in it',
  )
  .option('--write', 'write the table into docs/reliability.md')
  .action(run);

program
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  })
  // The operation of a cell that failed early is still looked after; nobody waits for it.
  .finally(() => process.exit());
