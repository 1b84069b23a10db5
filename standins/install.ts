import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeState } from './state/store';
import type { StandInState, Timings, Versions } from './state/types';

/** Where stand-ins were installed. */
export interface Installation {
  /** Put this first into PATH. */
  readonly bin: string;
  readonly stateFile: string;
}

/** How they are installed. */
export interface InstallOptions {
  /** Theirs alone; 0700. */
  readonly folder: string;
  /** Where the compiled programs are: `dist/standins` of a built package. */
  readonly programs: string;
  readonly versions?: Partial<Versions>;
  readonly timings?: Partial<Timings>;
}

/** What the tools are, unless said otherwise. */
export const defaultVersions: Versions = { talosctl: 'v1.13.2', flux: '2.7.5', kubectl: 'v1.35.2' };

/** Everything takes a moment, so that nobody can take it for done at once. */
const defaultTimings: Timings = {
  install: 40,
  reboot: 40,
  settle: 20,
  etcdJoin: 20,
  kubernetesStart: 20,
  nodeJoin: 20,
  podStart: 10,
  podStop: 10,
  synchronize: 20,
  reset: 20,
};

/** Puts the three programs into a folder, with a state of their own in which nothing is there yet. */
export function installStandIns({ folder, programs, versions, timings }: InstallOptions): Installation {
  const bin = join(folder, 'bin');
  const stateFile = join(folder, 'state.json');
  mkdirSync(bin, { recursive: true, mode: 0o700 });
  writeState(stateFile, emptyState({ ...defaultVersions, ...versions }, { ...defaultTimings, ...timings }));
  for (const program of ['talosctl', 'flux', 'kubectl']) {
    const words = [process.execPath, join(programs, program, 'main.js'), stateFile].map(quoted);
    const path = join(bin, program);
    writeFileSync(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
    chmodSync(path, 0o755);
  }
  return { bin, stateFile };
}

function emptyState(versions: Versions, timings: Timings): StandInState {
  return {
    ...{ format: 1, versions, timings, machines: [], clusters: [], repositories: {} },
    ...{ acceptedKeys: [], faults: [] },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
