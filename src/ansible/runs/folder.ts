import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { errorCode } from '../errorCode';

/** The files of one run, in a folder of its own (0700). What can hold a secret is there only while it is needed. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  /** Who began it: {@link Claim}. */
  readonly claim: string;
  /** The shell around Ansible: {@link KnownProcess}. */
  readonly process: string;
  /** Extra variables, secrets among them. */
  readonly vars: string;
  /** What the tree was before: a manifest. */
  readonly tree: string;
  /** JSON lines of our callback plugin. */
  readonly progress: string;
  readonly output: string;
  readonly errors: string;
  /** The exit code, once there is one. */
  readonly exit: string;
  /** The strongest signal that it was sent. */
  readonly stop: string;
  /** What it came to, once that is known. */
  readonly ending: string;
  /** It was looked for and not found begun, or its start was refused: from then on nobody begins it. */
  readonly givenUp: string;
}

/** A process, and since when: its number may be another one's later. */
export const knownProcess = z.object({ pid: z.number(), since: z.string() });
/** See {@link knownProcess}. */
export type KnownProcess = z.infer<typeof knownProcess>;

/** Who began a run, and when (ISO time). */
export const claim = z.object({
  worker: knownProcess,
  startedAt: z.string(),
  playbook: z.string(),
  root: z.string(),
  lock: z.string(),
});
/** See {@link claim}. */
export type Claim = z.infer<typeof claim>;

/** The files of the run with this ID. */
export function runFolder(runs: string, id: string): RunFolder {
  const path = join(runs, id);
  const at = (name: string) => join(path, name);
  return {
    ...{ id, path, claim: at('claim.json'), process: at('process.json'), vars: at('vars.yaml') },
    ...{ tree: at('tree.json'), progress: at('progress.jsonl'), output: at('output.txt') },
    ...{ errors: at('errors.txt'), exit: at('exit'), stop: at('stop'), ending: at('ending.json') },
    givenUp: at('given-up'),
  };
}

/** Makes the folder; false if it is there already: somebody has begun this run, or has given it up. */
export function makeRunFolder({ path }: RunFolder): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Writes a file of a run, whole or not at all, for this user only. */
export async function keep(path: string, content: string): Promise<void> {
  await writeFileAtomic(path, content, { mode: 0o600 });
}

/** The text of a file of a run; undefined if there is none. */
export function textOfFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The end of a file, whole lines where it is longer than `mostBytes`; empty if there is none. */
export function endOfFile(path: string, mostBytes: number): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.toString('utf8', 0, read);
    return size > mostBytes ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    closeSync(file);
  }
}

/** The value in a JSON file of a run; undefined if there is none of this form. */
export function valueIn<T>(path: string, form: z.ZodType<T>): T | undefined {
  const text = textOfFile(path);
  if (text === undefined) return undefined;
  try {
    return form.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Takes away what can hold a secret and is needed no more. */
export function dropSecrets({ vars }: Pick<RunFolder, 'vars'>): void {
  rmSync(vars, { force: true });
}
