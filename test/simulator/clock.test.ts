import { SimulatedClock } from '../../simulator/clock';

const noon = 1_800_000_000;

describe('a clock that stands still', () => {
  let clock: SimulatedClock;
  let happened: string[];
  beforeEach(() => {
    clock = new SimulatedClock({ speed: 0, startEpochSeconds: noon });
    happened = [];
  });

  function order(name: string, seconds: number): void {
    clock.after(seconds, () => happened.push(`${name} at ${clock.now() - noon}`));
  }

  test('shows the same time until it is stepped, and lets nothing happen by itself', async () => {
    order('at once', 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(clock.now()).toBe(noon);
    expect(happened).toEqual([]);
  });

  test('steps from one ordered action to the next, each at its own time, then to the moment asked for', () => {
    order('late', 9);
    order('early', 2);
    expect(clock.step(noon + 5)).toBe(true);
    expect(happened).toEqual(['early at 2']);
    expect(clock.step(noon + 5)).toBe(false);
    expect(clock.now()).toBe(noon + 5);
    expect(happened).toEqual(['early at 2']);
  });

  test('runs one action a step, those of one moment in the order in which they were ordered', () => {
    order('first', 3);
    order('second', 3);
    expect(clock.step(noon + 3)).toBe(true);
    expect(happened).toEqual(['first at 3']);
    expect(clock.step(noon + 3)).toBe(true);
    expect(happened).toEqual(['first at 3', 'second at 3']);
  });

  test('repeats what is ordered to repeat, however far it is stepped', () => {
    clock.every(10, () => happened.push(`round at ${clock.now() - noon}`));
    while (clock.step(noon + 35));
    expect(happened).toEqual(['round at 10', 'round at 20', 'round at 30']);
  });

  test('does not go back', () => {
    clock.step(noon + 8);
    clock.step(noon + 1);
    expect(clock.now()).toBe(noon + 8);
  });

  test('runs what was cancelled no more', () => {
    const action = clock.after(1, () => happened.push('cancelled'));
    action.cancel();
    expect(clock.step(noon + 2)).toBe(false);
    expect(happened).toEqual([]);
  });
});

test('a clock that runs by itself cannot be stepped', () => {
  const clock = new SimulatedClock({ speed: 1, startEpochSeconds: noon });
  expect(() => clock.step(noon + 1)).toThrow('runs by itself');
});

describe('a clock that runs', () => {
  afterEach(() => jest.restoreAllMocks());

  test('runs actions in the order of their times, also where the machine pauses while their timers are set', async () => {
    const clock = new SimulatedClock({ speed: 1 });
    const happened: string[] = [];
    const late = new Promise<void>((resolve) => {
      clock.after(5, () => resolve(void happened.push('late')));
    });
    clock.after(3, () => happened.push('early'));
    const look = performance.now.bind(performance);
    const looks = jest.spyOn(performance, 'now').mockImplementation(() => {
      // The pause: what is worked out from this look, the last one of the change, is used 8 ms later.
      const isOfEarly = looks.mock.calls.length === 4;
      return look() - (isOfEarly ? 8 : 0);
    });
    clock.setSpeed(500);
    await late;
    expect(happened).toEqual(['early', 'late']);
    clock.close();
  });
});
