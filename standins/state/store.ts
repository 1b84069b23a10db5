import { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { advance } from './advance';
import type { StandInState } from './types';

const pauseMs = 2;
/** Nobody holds the lock as long, unless it was killed. */
const patienceMs = 30_000;

/**
 * Reads the state, lets time pass in it, changes it and writes it back, while no other process can. `change` must not
 * wait for anything.
 */
export function withState<T>(file: string, change: (state: StandInState) => T): T {
  lock(file);
  try {
    const state = readState(file);
    advance(state, Date.now());
    const result = change(state);
    writeState(file, state);
    return result;
  } finally {
    unlinkSync(lockOf(file));
  }
}

/** Writes a state where nobody else looks yet. */
export function writeState(file: string, state: StandInState): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(state), { mode: 0o600 });
  renameSync(unfinished, file);
}

function readState(file: string): StandInState {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (isState(parsed)) return parsed;
  throw new Error(`${file} is not the state of stand-ins`);
}

/** Only these programs write it. */
function isState(value: unknown): value is StandInState {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === 1;
}

const lockOf = (file: string) => `${file}.lock`;

function lock(file: string): void {
  const deadline = Date.now() + patienceMs;
  while (!tryToLock(lockOf(file))) {
    if (Date.now() > deadline) throw new Error(`${lockOf(file)} is held for too long`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
}

function tryToLock(path: string): boolean {
  try {
    const descriptor = openSync(path, 'wx', 0o600);
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (!isTaken(error)) throw error;
    forgetDeadHolder(path);
    return false;
  }
}

function isTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}

/** A stand-in that was killed with the lock in its hands has not written anything: the file is replaced as a whole. */
function forgetDeadHolder(path: string): void {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (pid > 0 && !isAlive(pid)) unlinkSync(path);
  } catch {
    // It was given back meanwhile.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
