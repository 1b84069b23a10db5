import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runMutations, weakKinds, type MutationTally } from './mutate/run';
import { loadRecordings, type Recording } from './recording';
import type { ClusterUnderTest } from './replay/cluster';
import { replayRecording, type RecordingResult } from './replay/replay';
import { printFigures, printMismatches, printMutations, printRecording, type Print } from './report/print';
import { loadBaselines, loadTargets } from './report/targets';
import { coverage, figuresOf, problemsOf, type RecordingFigures } from './report/verdict';
import { loadState, stateFileOf } from './state/load';
import type { RecordingState } from './state/schema';

/** A folder of recordings and the folder of their state files. */
export interface ConformanceFolder {
  readonly recordings: string;
  readonly states: string;
  /** Its name in targets.json and baseline.json; undefined for a user's own recordings, which must pass in full. */
  readonly ownName: string | undefined;
}

/** What to replay, and how much to tell. */
export interface ConformanceOptions {
  readonly folders: readonly ConformanceFolder[];
  /** Also falsify every recorded answer that passed; `every` = at every place, not at one per kind. */
  readonly mutate: false | 'one' | 'every';
  /** Only recordings whose name starts so. */
  readonly only: string | undefined;
  /** Recordings whose name starts so are shown with all answers. */
  readonly show: string | undefined;
  readonly startCluster: (state: RecordingState) => Promise<ClusterUnderTest>;
  readonly print: Print;
}

/** What came of a run. */
export interface ConformanceOutcome {
  readonly figures: ReadonlyMap<string, readonly RecordingFigures[]>;
  readonly passed: number;
  readonly failed: number;
  readonly mutations: readonly MutationTally[];
  /** Why the run is to be counted as failed; empty where it is not. */
  readonly problems: readonly string[];
}

const here = __dirname;
const targetsFile = join(here, 'targets.json');
const baselineFile = join(here, 'baseline.json');

/** The project's own recordings of both versions. */
export const ownFolders: readonly ConformanceFolder[] = [
  { recordings: join(here, 'recordings'), states: join(here, 'states'), ownName: 'recordings' },
  { recordings: join(here, 'recordings-9'), states: join(here, 'states-9'), ownName: 'recordings-9' },
];

/** A folder of recordings as the command line names it; one of the project's own is recognised. */
export function folderAt(recordings: string, states: string | undefined): ConformanceFolder {
  const own = ownFolders.find((folder) => folder.recordings === resolve(recordings));
  if (own !== undefined && states === undefined) return own;
  return {
    recordings: resolve(recordings),
    states: resolve(states ?? join(recordings, 'states')),
    ownName: undefined,
  };
}

/**
 * Replays recordings of real clusters against simulators that start from the state each recording implies, compares
 * every answer and prints what differs. The last line is always `N passed, N failed`.
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceOutcome> {
  const { print } = options;
  const figures = new Map<string, RecordingFigures[]>();
  const problems: string[] = [];
  const replayed: RecordingResult[] = [];
  for (const folder of options.folders) {
    const results = await replayFolder(folder, options, problems);
    const own = results.map(figuresOf);
    replayed.push(...results);
    figures.set(folder.recordings, own);
    printFigures(own, print);
    problems.push(...judge(folder, own, options));
  }
  const mutations = options.mutate === false ? [] : mutateAll(replayed, options.mutate, options, problems);
  for (const problem of problems) print(`problem: ${problem}`);
  const all = [...figures.values()].flat();
  const passed = all.reduce((sum, one) => sum + one.passed, 0);
  const failed = all.reduce((sum, one) => sum + one.failed, 0);
  print(`${passed} passed, ${failed} failed`);
  return { figures, passed, failed, mutations, problems };
}

async function replayFolder(
  folder: ConformanceFolder,
  options: ConformanceOptions,
  problems: string[],
): Promise<RecordingResult[]> {
  const chosen = loadRecordings(folder.recordings).filter(({ name }) => name.startsWith(options.only ?? ''));
  if (chosen.length === 0 && options.only === undefined)
    problems.push(`no recordings in ${folder.recordings}`);
  const results: RecordingResult[] = [];
  const withoutState: string[] = [];
  for (const recording of chosen) {
    const file = stateFileOf(folder.states, recording.name);
    if (file === undefined) {
      // Of the project's own recordings, those without a state are for a later day; a user's own must have one.
      if (folder.ownName === undefined)
        problems.push(`${recording.name} has no state file in ${folder.states}`);
      withoutState.push(recording.name);
      continue;
    }
    const result = await replayOne(recording, file, options);
    printMismatches(result, options.print);
    if (folder.ownName === undefined)
      problems.push(...result.failedEvents.map((event) => `${recording.name}: ${event}`));
    if (options.show !== undefined && recording.name.startsWith(options.show))
      printRecording(result, options.print);
    results.push(result);
  }
  if (withoutState.length > 0) options.print(`not replayed, no state file yet: ${withoutState.join(', ')}`);
  return results;
}

async function replayOne(
  recording: Recording,
  file: string,
  options: ConformanceOptions,
): Promise<RecordingResult> {
  const state = loadState(file);
  const cluster = await options.startCluster(state);
  try {
    return await replayRecording(recording, state, cluster);
  } finally {
    await cluster.close();
  }
}

function judge(
  folder: ConformanceFolder,
  figures: readonly RecordingFigures[],
  options: ConformanceOptions,
): string[] {
  if (folder.ownName === undefined) return problemsOf(figures, [], undefined, true);
  const targets = loadTargets(targetsFile, folder.ownName);
  const complete = options.only === undefined;
  if (complete) {
    for (const target of targets) {
      const { passed, all } = coverage(target, figures);
      const share = all === 0 ? 0 : (100 * passed) / all;
      options.print(
        `${target.name}: ${passed} of ${all} (${share.toFixed(1)} %), target ${100 * target.share} %`,
      );
    }
  }
  const baselines = existsSync(baselineFile) ? loadBaselines(baselineFile) : {};
  return problemsOf(figures, targets, baselines[folder.ownName] ?? {}, complete);
}

function mutateAll(
  replayed: readonly RecordingResult[],
  mode: 'one' | 'every',
  options: ConformanceOptions,
  problems: string[],
): MutationTally[] {
  const passed = replayed.flatMap(({ recording, results, learned }) =>
    results
      .filter(({ mismatches }) => mismatches.length === 0)
      .map(({ exchange, actual }) => ({ recording: recording.name, exchange, actual, learned })),
  );
  const tallies = runMutations(passed, mode === 'every');
  printMutations(tallies, options.print);
  for (const { kind, applied, caught } of weakKinds(tallies)) {
    problems.push(`mutations "${kind}": only ${caught} of ${applied} were caught`);
  }
  return tallies;
}
