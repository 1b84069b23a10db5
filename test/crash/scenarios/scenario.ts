import type { ScenarioInput, SimulatorControl } from '../../../simulator';
import type { Call } from '../calls';
import type { MomentName } from '../moments';

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
  /** Further sections of cluster-config.yaml. */
  readonly config: string;
  /** Further files beside it, by their paths there. */
  readonly files?: Readonly<Record<string, string>>;
  readonly workflowType: string;
  readonly workflowId: (cluster: string) => string;
  readonly request: object;
  /** Whether this call can be one of this activity's: then the activity is the step that a frozen worker was in. */
  makes(activity: ScheduledActivity, call: Call): boolean;
  /** What is wrong with an undisturbed run: e.g. that nothing overlapped. Empty: it shows what it is meant to show. */
  referenceProblems(control: SimulatorControl): readonly string[];
  /** What is wrong with how the operation ended, in words. What holds for every operation is judged elsewhere. */
  problems(control: SimulatorControl, result: unknown): readonly string[];
  /** The cells of `--subset`. */
  readonly subset: readonly { readonly call: string; readonly moments: readonly MomentName[] }[];
}
