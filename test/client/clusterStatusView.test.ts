import { PassThrough } from 'node:stream';
import { Output } from '../../src/client/output';
import { clusterStatusView, isAsItShouldBe } from '../../src/client/view/clusterStatusView';

const reading = {
  ...{ cluster: 'home', profile: 'lab', takenAt: '2026-11-26T12:00:00.000Z' },
  ...{ unanswered: [], warnings: [], machines: [], others: [] },
};

function outputOf(): Output {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  return new Output({ stdin, stdout, stderr, env: { NO_COLOR: '1' }, person: 'ada@desk' }, false);
}

describe('the status of a cluster', () => {
  it('tells that nothing was made of it from that nothing is left', () => {
    expect(clusterStatusView(outputOf(), reading, null).split('\n\n')).toEqual([
      'Cluster lab: nothing was made of it',
      'pxm cluster create lab makes it.',
    ]);
    const view = { cluster: 'home', profile: 'lab' };
    expect(clusterStatusView(outputOf(), reading, view)).toBe('Cluster lab: no machines');
  });

  it('counts as right only what is as the profile says, or set aside and off', () => {
    expect(isAsItShouldBe({ state: 'asDesired', differences: [] })).toBe(true);
    expect(isAsItShouldBe({ state: 'aside', differences: [] })).toBe(true);
    expect(isAsItShouldBe({ state: 'aside', differences: ['it is running'] })).toBe(false);
    const surplus = { state: 'surplus', differences: ['the profile asks for 1 of worker'] } as const;
    expect(isAsItShouldBe(surplus)).toBe(false);
  });
});
