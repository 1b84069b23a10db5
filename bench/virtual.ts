import { atMostAtATime, runMigrations, type StartPolicy } from '../simulator/network/virtual';
import { physics, type BenchGuest } from './guests';

/** Evacuation times in virtual time, on the physics of the simulator, in seconds. */
export interface VirtualTimes {
  readonly oneAtATime: number;
  readonly fourAtATime: number;
  /** The product's rule if it knew every end exactly and took no time. */
  readonly perfectPrediction: number;
}

/** Runs the schedules that the product is compared with; guests in the plan's order, to the plan's targets. */
export function virtualTimes(
  source: string,
  moves: readonly { readonly vmid: number; readonly target: string }[],
  guests: readonly BenchGuest[],
): VirtualTimes {
  const byVmid = new Map(guests.map((guest) => [guest.vmid, guest]));
  const migrations = moves.flatMap(({ vmid, target }) => {
    const guest = byVmid.get(vmid);
    if (guest === undefined) return [];
    return {
      id: String(vmid),
      source,
      target,
      memoryBytes: guest.memoryBytes,
      dirtyBytesPerSecond: guest.dirtyBytesPerSecond,
      diskBytes: [],
      ...physics,
      diskBytesPerSecond: physics.streamBytesPerSecond,
    };
  });
  const links = { capacityOf: () => physics.linkBytesPerSecond, connected: () => true };
  const time = (policy: StartPolicy) => runMigrations(migrations, links, policy).makespanSeconds;
  return {
    oneAtATime: time(atMostAtATime(1)),
    fourAtATime: time(atMostAtATime(4)),
    perfectPrediction: time(bandwidthRule),
  };
}

/** Starts while fewer count than fill the link; a copy that ends within one setup time no longer counts. */
const bandwidthRule: StartPolicy = ({ now, waiting, underWay }) => {
  const lanes = Math.ceil(physics.linkBytesPerSecond / physics.streamBytesPerSecond);
  const endings = underWay
    .filter(({ phase }) => phase === 'copy')
    .map(({ phaseEndsAt }) => phaseEndsAt - physics.setupSeconds);
  const counting =
    underWay.filter(({ phase }) => phase === 'setup').length +
    endings.filter((endingAt) => endingAt > now + 1e-6).length;
  return {
    start: waiting.slice(0, Math.max(lanes - counting, 0)),
    lookAgainAt: Math.min(...endings.filter((endingAt) => endingAt > now + 1e-6)),
  };
};
