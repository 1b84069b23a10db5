import { destructionLeft } from '../../src/client/clusters/destruction';
import type { OperationUnderWay } from '../../src/domain/cluster/messages';
import type { OperationProgress } from '../../src/domain/progress';

const at = '2026-11-26T12:00:00.000Z';
const workflowId = 'change-cluster/home/lab';
const destroying: OperationUnderWay = { action: 'destroy', workflowId, since: at, requestedBy: 'ada' };
const waiting: OperationProgress = {
  ...{ phase: 'waitingForApproval', waitingFor: 'approval', startedAt: at, steps: [], openDecisions: 0 },
};
const approved: OperationProgress = {
  ...{ ...waiting, phase: 'running', waitingFor: 'nothing' },
  approval: { planHash: 'a'.repeat(64), by: 'grace', at },
};

describe('what a new time to live does not take back', () => {
  it.each([{}, { isByItself: true as const }])('a destruction that was approved (%o)', (more) => {
    expect(destructionLeft({ ...destroying, ...more }, approved)).toEqual({
      state: 'approved',
      text: expect.stringMatching(/approved by grace.*pxm cancel change-cluster\/home\/lab$/) as string,
    });
  });

  it('one that a person asked for and that waits; what the cluster began by itself is taken back', () => {
    expect(destructionLeft(destroying, waiting)).toEqual({
      state: 'waits',
      text: expect.stringMatching(/asked for by ada.*pxm reject change-cluster\/home\/lab$/) as string,
    });
    expect(destructionLeft({ ...destroying, isByItself: true }, waiting)).toBeUndefined();
  });

  it('perhaps one of which no worker says anything, and no other operation', () => {
    expect(destructionLeft(destroying, undefined)).toMatchObject({ state: 'unknown' });
    expect(destructionLeft({ ...destroying, action: 'scale' }, approved)).toBeUndefined();
  });
});
