import type { Decision } from '../../src/domain/decision';
import { problem } from '../../src/domain/errors';
import { openDecisionsOf } from './operation';

test('whoever runs an operation of the matrix sees the decisions that have no answer yet', () => {
  const open: Decision = {
    ...{ id: 'd1', kind: 'stepFailed', title: 'Remove the token', seen: '', choices: ['retry', 'abort'] },
    problem: problem('OutcomeUnknown', { attempted: 'remove it', failed: 'it was cut' }),
    openedAt: '2026-01-01T00:00:00Z',
  };
  const answered: Decision = {
    ...open,
    id: 'd2',
    answer: { choice: 'retry', by: 'test', at: open.openedAt },
  };
  expect(openDecisionsOf([answered, open]).map(({ id }) => id)).toEqual(['d1']);
});
