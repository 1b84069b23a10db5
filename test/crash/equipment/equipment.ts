import type { Simulator } from '../../../simulator';
import type { CommandGate } from '../../../simulator/control/commands';
import type { PassStore } from '../pass/store';

/** Where a cell's files are written. */
export interface Site {
  readonly cluster: string;
  readonly folder: string;
  readonly stateFolder: string;
  /** Of all cells. */
  readonly theatreFolder: string;
  readonly simulator: Simulator;
}

/** What a cell's workers are started with. */
export interface Equipment {
  readonly configFile: string;
  /** Beside what every worker gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Their runs of `pass`, where they use it. */
  readonly passCalls?: CommandGate;
  readonly store?: PassStore;
  close(): Promise<void>;
}
