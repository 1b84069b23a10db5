import type { RecordingResult } from '../replay/replay';
import { covers, type Baseline, type Target } from './targets';

/** Figures of one recording. */
export interface RecordingFigures {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly superseded: number;
  readonly notRest: number;
}

/** The figures of a replayed recording. */
export function figuresOf({ recording, results }: RecordingResult): RecordingFigures {
  const passed = results.filter(({ mismatches }) => mismatches.length === 0).length;
  const { name, superseded, notRest } = recording;
  return { name, passed, failed: results.length - passed, superseded, notRest };
}

/**
 * What is wrong with a run, one sentence each; nothing where all is well. Recordings with neither targets nor baseline
 * (a user's own) must pass in full. Targets count only where all of their recordings were replayed.
 */
export function problemsOf(
  figures: readonly RecordingFigures[],
  targets: readonly Target[],
  baseline: Baseline | undefined,
  complete: boolean,
): string[] {
  if (baseline === undefined) {
    const failed = figures.reduce((sum, one) => sum + one.failed, 0);
    return failed > 0 ? [`${failed} exchanges failed`] : [];
  }
  const worse = figures
    .filter(({ name, passed }) => passed < (baseline[name] ?? 0))
    .map(({ name, passed }) => `${name}: ${passed} passed, it was ${baseline[name]} before`);
  return complete ? [...worse, ...targets.flatMap((target) => missed(target, figures))] : worse;
}

function missed(target: Target, figures: readonly RecordingFigures[]): string[] {
  const { passed, all } = coverage(target, figures);
  if (all > 0 && passed / all >= target.share) return [];
  return [`${target.name}: ${passed} of ${all} passed, ${Math.ceil(all * target.share)} are needed`];
}

/** How many of a target's exchanges passed. */
export function coverage(
  target: Target,
  figures: readonly RecordingFigures[],
): { passed: number; all: number } {
  const own = figures.filter(({ name }) => covers(target, name));
  const passed = own.reduce((sum, one) => sum + one.passed, 0);
  return { passed, all: passed + own.reduce((sum, one) => sum + one.failed, 0) };
}
