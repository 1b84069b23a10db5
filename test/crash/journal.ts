import type { Hold, RequestMatcher, SimulatorControl } from '../../simulator';
import type { CommandMatcher, CommandRecord } from '../../simulator/control/commands';
import type { Call } from './calls';
import type { Equipment } from './equipment/equipment';

/** A call as it arrived. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  /** Real milliseconds since the epoch. */
  readonly receivedAtMs: number;
  readonly outcome: string;
}

/** A call that is held until it is released. */
export interface HeldCall {
  readonly arrived: Promise<unknown>;
  readonly request: { readonly outcome: string } | undefined;
  readonly release: Hold['release'];
}

/** The two moments at which a call can be held. */
export type HoldMoment = 'before handling' | 'before answering';

/** Everything that a cell's workers ask of others, whichever way. */
export interface Journal {
  /** All calls so far, in the order of arrival. */
  arrivals(): readonly Arrival[];
  /** Holds this call, counted from now on. */
  hold(call: Call, moment: HoldMoment): HeldCall;
}

/** Reads the simulator's lists of requests and of SSH commands, and those of the gates that a cell has beside. */
export function createJournal(control: SimulatorControl, gates: Equipment['gates'] = {}): Journal {
  const gateOf = (name: string) => {
    const gate = Object.entries(gates).find(([it]) => it === name)?.[1];
    if (gate === undefined) throw new Error(`this scenario has no calls ${name}`);
    return gate;
  };
  return {
    arrivals() {
      return [
        ...control.requests(),
        ...control.commands().map((command) => arrivalOf(command.kind === 'sftp' ? 'SFTP' : 'SSH', command)),
        ...Object.entries(gates).flatMap(([name, { commands }]) =>
          commands.map((command) => arrivalOf(name, command)),
        ),
      ].toSorted((one, other) => one.receivedAtMs - other.receivedAtMs);
    },
    hold(call, moment) {
      switch (call.method) {
        case 'SSH':
          return control.holdCommand({ ...commandOf(call), kind: 'exec' }, moment);
        case 'SFTP':
          return control.holdCommand({ ...commandOf(call), kind: 'sftp' }, moment);
        case 'PASS':
          return gateOf(call.method).hold(commandOf(call), moment);
        case 'RUN':
        case 'K8S':
          return gateOf(call.method).hold({ line: call.path, occurrence: call.occurrence }, moment);
        default:
          return control.holdRequest(requestOf(call), moment);
      }
    },
  };
}

function requestOf({ method, path, occurrence }: Call): RequestMatcher {
  return { method, path, occurrence };
}

/** Its words; where one differs from run to run, its line. */
function commandOf({ path, occurrence }: Call): CommandMatcher {
  return path.includes('*') ? { line: `${path}*`, occurrence } : { argv: path.split(' '), occurrence };
}

function arrivalOf(method: string, { argv, receivedAtMs, outcome }: CommandRecord): Arrival {
  const firstOption = argv.findIndex((word) => word.startsWith('--'));
  const words = firstOption === -1 ? argv : argv.slice(0, firstOption);
  return { method, path: words.join(' '), receivedAtMs, outcome };
}
