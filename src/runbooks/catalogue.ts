import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { nearestWord } from '../config/nearest';
import { reasonOfFailedRead } from '../config/readFailure';
import { ManagerError, problem } from '../domain/errors';
import type { Callee } from './check/calls';
import { parseRunbook } from './parse/runbook';
import { largestRunbookBytes } from './parse/markdown';

/** A runbook that can be named. */
export interface RunbookFile {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  /** Comes with the program. */
  readonly isShipped: boolean;
}

/** The folder of the runbooks that come with the program. */
export const shippedFolder = resolve(__dirname, '../../runbooks');

/** The folder of a user's own runbooks: beside the configuration, or below the working folder without one. */
export function ownFolder(configFolder: string | undefined): string {
  return join(configFolder ?? process.cwd(), 'runbooks');
}

/** All runbooks by name; one's own come before those of the same name that are shipped. Files named _x.md are none. */
export function listRunbooks(folder: string): readonly RunbookFile[] {
  const own = filesIn(folder, folder === shippedFolder);
  const names = new Set(own.map(({ name }) => name));
  const shipped = folder === shippedFolder ? [] : filesIn(shippedFolder, true);
  return [...own, ...shipped.filter(({ name }) => !names.has(name))].toSorted((one, other) =>
    one.name < other.name ? -1 : 1,
  );
}

/** The runbook that is meant: a path where there is a slash or .md, else a name. Throws ManagerError `NotFound`. */
export function findRunbook(folder: string, named: string): RunbookFile {
  if (named.includes('/') || named.endsWith('.md')) {
    return { name: basename(named, '.md'), file: resolve(named), isShipped: false };
  }
  const all = listRunbooks(folder);
  const found = all.find(({ name }) => name === named);
  if (found !== undefined) return found;
  const nearest = nearestWord(
    named,
    all.map(({ name }) => name),
  );
  throw new ManagerError(
    problem('NotFound', {
      attempted: `find the runbook ${named}`,
      failed: `there is none of that name in ${folder}, nor among those that are shipped`,
      remedy: nearest === undefined ? 'pxm runbook list shows all.' : `Did you mean ${nearest}?`,
    }),
  );
}

/**
 * The bytes of a runbook, at most one more than a runbook may have: checking then says that it is too large. Throws
 * ManagerError `NotFound` where it can't be read.
 */
export function readRunbookFile(file: string): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = fstatSync(descriptor);
    if (facts.isDirectory()) throw notReadable(file, 'is a folder, no file');
    if (!facts.isFile()) throw notReadable(file, 'is no plain file');
    return facts.size > largestRunbookBytes
      ? new Uint8Array(largestRunbookBytes + 1)
      : readFileSync(descriptor);
  } catch (error) {
    if (error instanceof ManagerError) throw error;
    throw notReadable(file, leadsNowhere(file) ? 'is a link that leads nowhere' : reasonOfFailedRead(error));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** What the runbooks of a folder look like to one that calls them; a file that can't be read has no parameters. */
export function calleesIn(files: readonly RunbookFile[]): readonly Callee[] {
  return files.map(({ name, file }) => ({
    name,
    parameters: () => parametersIn(file),
  }));
}

function parametersIn(file: string): ReturnType<Callee['parameters']> {
  try {
    return parseRunbook(file, readRunbookFile(file)).runbook?.parameters ?? [];
  } catch (error) {
    if (error instanceof ManagerError) return [];
    throw error;
  }
}

function leadsNowhere(file: string): boolean {
  return !existsSync(file) && lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function filesIn(folder: string, isShipped: boolean): readonly RunbookFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((it) => it.endsWith('.md') && !/^[_.]|^README/.test(it))
    .map((it) => ({ name: basename(it, '.md'), file: join(folder, it), isShipped }));
}

function notReadable(file: string, reason: string): ManagerError {
  return new ManagerError(
    problem('NotFound', {
      attempted: `read the runbook ${file}`,
      failed: `it ${reason}`,
      remedy: 'Check the path; pxm runbook list shows the runbooks that have names.',
    }),
  );
}
