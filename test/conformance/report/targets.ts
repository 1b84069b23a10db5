import { readFileSync } from 'node:fs';
import { z } from 'zod';

const targetSchema = z.strictObject({
  name: z.string(),
  /** Recordings it covers: names, or prefixes ending in `*`. */
  recordings: z.array(z.string()).min(1),
  /** The share of their exchanges that must pass, 0 to 1. */
  share: z.number().min(0).max(1),
});

/** What the simulator must reach with the project's own recordings. */
export type Target = z.infer<typeof targetSchema>;

const targetsSchema = z.record(z.string(), z.array(targetSchema));

/** Of each recording, how many exchanges passed when it was at its best: it must not get worse. */
export type Baseline = Record<string, number>;

const baselineSchema = z.record(z.string(), z.record(z.string(), z.number().int().nonnegative()));

/** The targets of a folder of the project's recordings. */
export function loadTargets(file: string, folder: string): Target[] {
  return targetsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))[folder] ?? [];
}

/** The baselines of all folders. */
export function loadBaselines(file: string): Record<string, Baseline> {
  return baselineSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Whether a target covers a recording. */
export function covers(target: Target, recording: string): boolean {
  return target.recordings.some((name) =>
    name.endsWith('*') ? recording.startsWith(name.slice(0, -1)) : recording === name,
  );
}
