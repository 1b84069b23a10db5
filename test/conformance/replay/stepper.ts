import { setImmediate as turn } from 'node:timers/promises';
import type { SimulatedClock } from '../../../simulator/clock';

/** Something that was asked, and that is answered when simulated time allows. */
export interface Underway<T> {
  /** Lets as much time pass as the answer needs, and gives it. */
  readonly answer: () => Promise<T>;
}

/** Something that arrives at the simulator and waits there until it is let go on. */
export interface Arrival {
  /** Resolves once it is there. */
  readonly arrived: Promise<{ readonly outcome: string }>;
  readonly release: () => void;
}

/**
 * Turns of the event loop after which whatever an action set going waits for the clock or is done: the simulator itself
 * waits for nothing else, and needs one turn to begin a task.
 */
const turnsToSettle = 10;

/** The longest that an answer may take, simulated seconds: twice what the longest recorded one took. */
const longestAnswerSeconds = 120;

/**
 * Lets simulated time pass on a clock that stands still otherwise: never while a request or its answer is on its way,
 * so that nothing depends on how fast this machine is.
 */
export class Stepper {
  constructor(private readonly clock: SimulatedClock) {}

  /** Simulated seconds since the epoch. */
  now(): number {
    return this.clock.now();
  }

  /** Lets time pass up to a moment; one in the past changes nothing. */
  async until(epochSeconds: number): Promise<void> {
    do await settled();
    while (this.clock.step(epochSeconds));
  }

  /** Sends something; resolves once the simulator has it and has done all that it can do without time. */
  async begin<T>(arrival: Arrival, send: () => Promise<T>): Promise<Underway<T>> {
    const sent = send();
    const arrived = await Promise.race([arrival.arrived, sent.then(noRecord, noRecord)]);
    arrival.release();
    await settled();
    return { answer: async () => this.answerOf(sent, () => arrived?.outcome === 'open') };
  }

  private async answerOf<T>(sent: Promise<T>, isOpen: () => boolean): Promise<T> {
    const latest = this.clock.now() + longestAnswerSeconds;
    await settled();
    while (isOpen() && this.clock.step(latest)) await settled();
    const answer = await sent;
    await settled();
    return answer;
  }
}

/** It was answered, or its connection was refused, before it came so far that it could be held. */
const noRecord = (): undefined => undefined;

async function settled(): Promise<void> {
  for (let turns = 0; turns < turnsToSettle; turns += 1) await turn();
}
