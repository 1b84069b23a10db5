import { linkSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errorCode';
import { claim, dropSecrets, knownProcess, runFolder, textOfFile, valueIn, type RunFolder } from './folder';
import { hasAnsible, isAlive } from './processes';

/** What is kept of runs that have ended: long enough to look at their outputs. */
const keptMs = 7 * 24 * 60 * 60_000;

/** Whether a run goes on, or is about to begin: its shell, Ansible itself, or else the worker that began it. */
export function isUnderWay(folder: RunFolder): boolean {
  if (textOfFile(folder.exit) !== undefined || textOfFile(folder.ending) !== undefined) return false;
  const begun = valueIn(folder.claim, claim);
  if (begun === undefined) return false;
  const shell = valueIn(folder.process, knownProcess);
  const isStarting = shell === undefined && textOfFile(folder.givenUp) === undefined && isAlive(begun.worker);
  return isStarting || (shell !== undefined && isAlive(shell)) || hasAnsible(folder.id);
}

/**
 * Takes the lock of a playbook for a run. Returns the run that has it and goes on, if there is one; the lock of one that
 * has ended is taken over.
 */
export function takeLock(runs: string, name: string, folder: RunFolder): RunFolder | undefined {
  const lock = lockFile(runs, name);
  const own = join(folder.path, 'lock');
  writeFileSync(own, folder.id, { mode: 0o600 });
  for (;;) {
    if (isLinked(own, lock)) return undefined;
    const holder = textOfFile(lock);
    if (holder === undefined) continue;
    if (holder === folder.id) return undefined;
    const other = runFolder(runs, holder);
    if (isUnderWay(other)) return other;
    takeAway(lock, holder, own);
  }
}

/** Gives the lock back, if the run has it. */
export function giveLockBack(runs: string, name: string, { id }: Pick<RunFolder, 'id'>): void {
  const lock = lockFile(runs, name);
  if (textOfFile(lock) === id) rmSync(lock, { force: true });
}

/** Of runs that have ended without anybody looking: takes their secrets away, and all of them after a week. */
export function tidyUp(runs: string, now = Date.now()): void {
  for (const entry of readdirSync(runs, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = runFolder(runs, entry.name);
    if (isUnderWay(folder)) continue;
    dropSecrets(folder);
    const changedAt = statSync(folder.path, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - changedAt > keptMs) rmSync(folder.path, { recursive: true, force: true });
  }
}

function lockFile(runs: string, name: string): string {
  return join(runs, `${name}.lock`);
}

/** A link is made whole, with its content, or not at all. */
function isLinked(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Two may find the same dead holder: what one of them takes away by mistake, since the other was faster, goes back. */
function takeAway(lock: string, holder: string, own: string): void {
  const aside = `${own}.${holder}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  if (textOfFile(aside) !== holder) isLinked(aside, lock);
  rmSync(aside, { force: true });
}
