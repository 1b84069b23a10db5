import type { WorkflowHandle } from '@temporalio/client';
import type { ScenarioInput, Simulator, SimulatorControl } from '../../../simulator';
import type { StandInControl } from '../../../standins/control';
import type { Call } from '../calls';
import type { Equipment, Site } from '../equipment/equipment';
import type { PassStore } from '../pass/store';
import type { TemporalServer } from '../temporalServer';

/** The moments at which something dies: what `--only` takes, and the table's columns. */
export const momentNames = [
  'request',
  'answer',
  'record',
  'freeze',
  'late',
  'orphan',
  'window',
  'standby',
  'temporal',
] as const;
/** One of them. */
export type MomentName = (typeof momentNames)[number];

/** Where an operation is started. */
export interface Beginning {
  /** Name of the Proxmox cluster. */
  readonly cluster: string;
  readonly stateFolder: string;
  readonly handle: WorkflowHandle;
  readonly temporal: Pick<TemporalServer, 'connected'>;
}

/** What a run leaves outside of the cluster. */
export interface Remains extends Beginning {
  /** Configuration, state folder, logs of the workers. */
  readonly folder: string;
  readonly simulator: Simulator;
  readonly store: PassStore | undefined;
  readonly standIns: StandInControl | undefined;
  /** Every token's value that the cluster has had. */
  readonly secrets: ReadonlySet<string>;
}

/** An activity as its workflow scheduled it. */
export interface ScheduledActivity {
  readonly type: string;
  /** Its input as JSON text. */
  readonly input: string;
}

/** An operation that the crash matrix runs once a cell. A new operation adds a file like this one. */
export interface CrashScenario {
  /** For `--scenario`. */
  readonly name: string;
  /** One line for the table. */
  readonly title: string;
  readonly cluster: ScenarioInput;
  /** Simulated seconds in one second. */
  readonly speed: number;
  /** What all cells share beside the certificates, made before them. */
  readonly prepare?: (theatreFolder: string) => Promise<void>;
  /** What workers find: configuration, credentials. */
  equip(site: Site): Promise<Equipment>;
  readonly workflowId: (cluster: string) => string;
  /** Has the operation started under its workflow ID; a worker polls already. Resolves once it runs. */
  begin(beginning: Beginning): Promise<void>;
  /** The moments that a call is tried at, beside those that are spread over the run. */
  momentsOf(call: Call): readonly MomentName[];
  /** At so many calls, spread evenly over the run, a second worker waits beside the first one, or Temporal is killed. */
  readonly spread: { readonly standby: number; readonly temporal: number };
  /** Whether this call can be one of this activity's: then the activity is the step that a frozen worker was in. */
  makes(activity: ScheduledActivity, call: Call): boolean;
  /** What is wrong with an undisturbed run: e.g. that nothing overlapped. Empty: it shows what it is meant to show. */
  referenceProblems(control: SimulatorControl): readonly string[];
  /** What is wrong with how the operation ended, in words. What holds for every operation is judged elsewhere. */
  problems(control: SimulatorControl, result: unknown): readonly string[];
  /** What is wrong in what is left outside of the cluster: stores, logs, the history. */
  remainsProblems?(remains: Remains): Promise<readonly string[]>;
  /** The cells of `--subset`. */
  readonly subset: readonly { readonly call: string; readonly moments: readonly MomentName[] }[];
}
