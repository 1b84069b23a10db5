import type { CloneModel } from './model';
import { memoryNeeded, type PlacedMachine } from './placing';
import type { Room } from './room';
import { Schedule } from './schedule';
import type { CloneOption } from './wayInput';

/** A machine whose way is chosen. */
export interface ChosenMachine extends PlacedMachine {
  /** When it is in place, in seconds from the first clone's request. */
  readonly endSeconds: number;
}

/** Machines with their ways, and when the last of them is in place. */
export interface ChosenWays {
  readonly machines: readonly ChosenMachine[];
  readonly seconds: number;
}

/** Gains below this are not worth another way. */
const leastGainSeconds = 0.05;

/**
 * Chooses the way of each machine, one after the other: the one with which it is in place first, with all that those before
 * it take of storages and links, as far as there is room. What is best for a machine alone may be a bad way where others
 * take the same storage or link.
 */
export function chooseWays(placed: readonly PlacedMachine[], room: Room, model: CloneModel): ChosenWays {
  const schedule = new Schedule(model);
  const machines = placed.map((machine) => {
    let chosen = machine.option;
    for (const option of machine.options) {
      const isSooner = schedule.endOf(option) < schedule.endOf(chosen) - leastGainSeconds;
      if (isSooner && swapFits({ ...machine, option: chosen }, option, room)) chosen = option;
    }
    return { ...machine, option: chosen, endSeconds: schedule.add(chosen) };
  });
  return { machines, seconds: schedule.makespan };
}

/** Takes the room of another way instead, if there is enough. */
function swapFits({ node, option, wish }: PlacedMachine, other: CloneOption, room: Room): boolean {
  const memoryBytes = memoryNeeded(wish);
  room.give(node, memoryBytes, option.demands);
  const fits = room.lackingFor(node, memoryBytes, other.demands) === undefined;
  room.take(node, memoryBytes, fits ? other.demands : option.demands);
  return fits;
}
