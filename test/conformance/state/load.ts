import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { recordingStateSchema, type RecordingState } from './schema';

const extensions = ['.yaml', '.yml', '.json'];

/** The state file of a recording in a folder, or undefined where there is none. */
export function stateFileOf(folder: string, recording: string): string | undefined {
  return extensions.map((extension) => join(folder, recording + extension)).find((file) => existsSync(file));
}

/** Reads a state file; throws with every problem of it, each with its place. */
export function loadState(file: string): RecordingState {
  const parsed = recordingStateSchema.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new Error(`${file} is no state of a recording:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
