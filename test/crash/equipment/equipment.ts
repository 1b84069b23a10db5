import type { Simulator } from '../../../simulator';
import type { CommandGate } from '../../../simulator/control/commands';
import type { StandInControl } from '../../../standins/control';
import type { PassStore } from '../pass/store';

/** Where a cell's files are written. */
export interface Site {
  readonly cluster: string;
  readonly folder: string;
  readonly stateFolder: string;
  /** Of all cells. */
  readonly theatreFolder: string;
  /** The built package, as it was when the matrix began. */
  readonly buildFolder: string;
  readonly simulator: Simulator;
}

/** Ways to others beside Proxmox and SSH, as calls name them: runs of `pass` or of other programs, Kubernetes. */
export type GateName = 'PASS' | 'RUN' | 'K8S';

/** What a cell's workers are started with. */
export interface Equipment {
  readonly configFile: string;
  /** Beside what every worker gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** What they ask of others, where it is watched. */
  readonly gates?: Partial<Readonly<Record<GateName, CommandGate>>>;
  readonly store?: PassStore;
  /** The stand-ins for what is inside of machines, where they have any. */
  readonly standIns?: StandInControl;
  close(): Promise<void>;
}
