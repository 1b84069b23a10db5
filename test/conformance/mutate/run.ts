import { createHash } from 'node:crypto';
import { compareAnswers } from '../compare/answer';
import { endpointOf } from '../compare/endpoint';
import type { LearnedIds } from '../compare/learned';
import type { Answer, Exchange } from '../recording';
import { mutationKinds, mutationsOf, type Mutation, type MutationKind } from './kinds';

/** A falsified answer that the comparison let pass. */
interface MissedMutation {
  readonly recording: string;
  readonly index: number;
  readonly title: string;
  readonly where: string;
}

/** What became of the mutations of one kind. */
export interface MutationTally {
  readonly kind: MutationKind;
  applied: number;
  caught: number;
  readonly missed: MissedMutation[];
}

/** An exchange that passed, with what was answered now. */
export interface PassedExchange {
  readonly recording: string;
  readonly exchange: Exchange;
  readonly actual: Answer;
  readonly learned: LearnedIds;
}

/** The share of the mutations of each kind that must be caught. */
const requiredCatchShare = 0.99;

/**
 * Falsifies the recorded answer of every passed exchange and compares it again with what was answered: the comparison
 * must object. Of each kind one place per answer is chosen, by a hash of its name, so that runs are alike; `everyPlace`
 * tries all places.
 */
export function runMutations(passed: readonly PassedExchange[], everyPlace: boolean): MutationTally[] {
  const tallies = mutationKinds.map((kind): MutationTally => ({ kind, applied: 0, caught: 0, missed: [] }));
  for (const { recording, exchange, actual, learned } of passed) {
    const endpoint = endpointOf(exchange.request.path);
    for (const tally of tallies) {
      for (const mutation of chosen(tally.kind, recording, exchange, everyPlace)) {
        tally.applied += 1;
        const context = { endpoint, learned: learned.copy() };
        if (compareAnswers(context, mutation.answer, actual).length > 0) tally.caught += 1;
        else
          tally.missed.push({
            recording,
            index: exchange.index,
            title: exchange.title,
            where: mutation.where,
          });
      }
    }
  }
  return tallies;
}

/** Each key of `errors` is tried; of the other kinds one place per answer, unless every place is asked for. */
function chosen(kind: MutationKind, recording: string, exchange: Exchange, everyPlace: boolean): Mutation[] {
  const all = mutationsOf(kind, exchange.answer);
  if (everyPlace || kind === 'errors key' || kind === 'errors text' || kind === 'exit status') return all;
  const hash = createHash('sha256').update(`${recording}/${exchange.index}/${kind}`).digest();
  const one = all[hash.readUInt32BE(0) % Math.max(all.length, 1)];
  return one === undefined ? [] : [one];
}

/** The kinds of which too few mutations were caught. */
export function weakKinds(tallies: readonly MutationTally[]): MutationTally[] {
  return tallies.filter(({ applied, caught }) => applied > 0 && caught / applied < requiredCatchShare);
}
