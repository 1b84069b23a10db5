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
 * Chooses the way of each machine so that the whole set is in place as early as possible, as far as there is room: one
 * after the other the way that keeps the end of the set earliest, then exchanged one by one as long as that helps. A way
 * that is best for a machine alone may be a bad one where others take the same storage or link.
 */
export function chooseWays(placed: readonly PlacedMachine[], room: Room, model: CloneModel): ChosenWays {
  let chosen = inTurn(placed, room, model);
  let best = timesOf(chosen, model);
  for (const [index, machine] of chosen.entries()) {
    for (const option of machine.options) {
      const current = chosen[index];
      if (current === undefined || option === current.option) continue;
      const tried = chosen.with(index, { ...current, option });
      const times = timesOf(tried, model);
      if (times.seconds >= best.seconds - leastGainSeconds || !swapFits(current, option, room)) continue;
      chosen = tried;
      best = times;
    }
  }
  return {
    machines: chosen.map((machine, index) => ({ ...machine, endSeconds: best.ends[index] ?? 0 })),
    seconds: best.seconds,
  };
}

function inTurn(placed: readonly PlacedMachine[], room: Room, model: CloneModel): readonly PlacedMachine[] {
  const schedule = new Schedule(model);
  return placed.map((machine) => {
    let best = { option: machine.option, end: schedule.endOf(machine.option) };
    for (const option of machine.options) {
      const end = schedule.endOf(option);
      if (option === best.option || end >= best.end - leastGainSeconds) continue;
      if (!swapFits({ ...machine, option: best.option }, option, room)) continue;
      best = { option, end };
    }
    schedule.add(best.option);
    return { ...machine, option: best.option };
  });
}

/** Takes the room of another way instead, if there is enough. */
function swapFits({ node, option, wish }: PlacedMachine, other: CloneOption, room: Room): boolean {
  const memoryBytes = memoryNeeded(wish);
  room.give(node, memoryBytes, option.demands);
  const fits = room.lackingFor(node, memoryBytes, other.demands) === undefined;
  room.take(node, memoryBytes, fits ? other.demands : option.demands);
  return fits;
}

function timesOf(machines: readonly PlacedMachine[], model: CloneModel) {
  const schedule = new Schedule(model);
  const ends = machines.map(({ option }) => schedule.add(option));
  return { ends, seconds: schedule.makespan };
}
