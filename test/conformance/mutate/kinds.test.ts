import { compareAnswers } from '../compare/answer';
import { endpointOf } from '../compare/endpoint';
import { LearnedIds } from '../compare/learned';
import { loadRecordings, type Exchange } from '../recording';
import { mutationKinds, mutationsOf } from './kinds';
import { runMutations, weakKinds, type PassedExchange } from './run';
import { join } from 'node:path';

const recordings = ['recordings', 'recordings-9'].flatMap((folder) =>
  loadRecordings(join(__dirname, '..', folder)),
);

/** Every fourth recorded answer is enough to meet every kind often, and takes a quarter of the time. */
const sample = ({ index }: Exchange): boolean => index % 4 === 0;

/** Every recorded answer, as if it had been answered now word by word. */
const passed: PassedExchange[] = recordings.flatMap(({ name, exchanges }) =>
  exchanges.map((exchange) => ({
    recording: name,
    exchange,
    actual: exchange.answer,
    learned: new LearnedIds(),
  })),
);

describe('falsified answers', () => {
  test('of every kind occur in the recordings, and the comparison objects to 99 % of each', () => {
    const tallies = runMutations(
      passed.filter(({ exchange }) => sample(exchange)),
      false,
    );
    expect(tallies.filter(({ applied }) => applied === 0)).toEqual([]);
    expect(weakKinds(tallies)).toEqual([]);
  });

  test('are chosen alike in every run', () => {
    const some = passed.slice(0, 50);
    expect(runMutations(some, false)).toEqual(runMutations(some, false));
  });

  test('leave the recorded answer as it was', () => {
    for (const { exchange } of passed.slice(0, 200)) {
      const before = JSON.stringify(exchange.answer);
      for (const kind of mutationKinds) mutationsOf(kind, exchange.answer);
      expect(JSON.stringify(exchange.answer)).toBe(before);
    }
  });

  test('count as missed where the comparison lets them pass', () => {
    const one = passed.find(({ exchange }) => exchange.title === 'version');
    if (one === undefined) throw new Error('no recording asks for the version');
    // Compared with its own falsified form, a falsified answer passes: every kind must then be reported as missed.
    const [falsified] = mutationsOf('reason', one.exchange.answer);
    if (falsified === undefined) throw new Error('a reason can always be changed');
    const tallies = runMutations([{ ...one, actual: falsified.answer }], false);
    expect(weakKinds(tallies).map(({ kind }) => kind)).toEqual(['reason']);
  });
});

describe('recorded answers', () => {
  test('are all alike to themselves', () => {
    const learned = new LearnedIds();
    const different = passed.filter(({ exchange }) => {
      const context = { endpoint: endpointOf(exchange.request.path), learned };
      return compareAnswers(context, exchange.answer, exchange.answer).length > 0;
    });
    expect(different).toEqual([]);
  });
});
