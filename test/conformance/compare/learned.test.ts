import { LearnedIds } from './learned';

const recorded = 'UPID:pve01:00000001:00000002:6B037211:qmstart:101:u@pve!t:';
const actual = 'UPID:pve01:0000000A:0000000B:6B039999:qmstart:101:u@pve!t:';

describe('ids learned from answers', () => {
  test('stand in later requests for the recorded ones, plain or URL-encoded', () => {
    const learned = new LearnedIds();
    learned.learn(recorded, actual);
    expect(learned.substitute(`/tasks/${recorded}/log`)).toBe(`/tasks/${actual}/log`);
    const encoded = encodeURIComponent(recorded).replaceAll('!', '%21');
    expect(learned.substitute(`/tasks/${encoded}/log`)).toBe(
      `/tasks/${encodeURIComponent(actual).replaceAll('!', '%21')}/log`,
    );
  });

  test('are replaced once, also where one stands for another', () => {
    const learned = new LearnedIds();
    learned.learn('aaaa', 'bbbb');
    learned.learn('bbbb', 'cccc');
    expect(learned.substitute('aaaa bbbb')).toBe('bbbb cccc');
  });

  test('agree only with the pair that was learned, in both directions', () => {
    const learned = new LearnedIds();
    learned.learn('a', 'b');
    expect(learned.agrees('a', 'b')).toBe(true);
    expect(learned.agrees('a', 'c')).toBe(false);
    expect(learned.agrees('c', 'b')).toBe(false);
    expect(learned.agrees('c', 'd')).toBe(true);
  });

  test('are not shared with a copy', () => {
    const learned = new LearnedIds();
    const copy = learned.copy();
    copy.learn('a', 'b');
    expect(learned.actualOf('a')).toBeUndefined();
  });
});
