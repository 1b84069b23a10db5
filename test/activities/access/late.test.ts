import { existsSync } from 'node:fs';

import { attemptOf, startLab, untouched } from './support/lab';

test('an attempt that is cancelled takes the value that it has stored away again, and leaves the rest to the next one', async () => {
  const lab = await startLab(untouched('9'));
  try {
    const plan = await lab.plan('bootstrapAccess');
    const issue = plan.steps.find(({ action }) => action.kind === 'issueToken');
    if (issue?.action.kind !== 'issueToken') throw new Error('the plan makes no token');
    await lab.perform({ ...plan, steps: plan.steps.slice(0, -1) });

    const trial = lab.simulator.control.holdRequest({ path: '/version' }, 'before handling');
    const attempt = attemptOf({});
    const issued = attempt.run(lab.activities().issueToken, { plan, action: issue.action });
    await trial.arrived;
    expect(existsSync(`${lab.tokenFile}.new`)).toBe(true);
    attempt.cancel();
    trial.release();
    await expect(issued).rejects.toThrow();
    expect(existsSync(`${lab.tokenFile}.new`)).toBe(false);
    expect(existsSync(lab.tokenFile)).toBe(false);

    await lab.step(plan, issue);
    expect((await lab.plan('bootstrapAccess')).steps).toEqual([]);
  } finally {
    await lab.close();
  }
});
