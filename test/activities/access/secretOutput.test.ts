import { startLab, untouched } from './support/lab';

test.each([
  ['what nobody expects', 'warning: 00000000-feed-4bee-8000-000000000000 was not saved', 'CommandFailed', ''],
  ['that the name is taken', 'Token already exists. 00000000-feed', 'CommandFailed', 'already exists'],
  [
    'that there is no quorum',
    "00000000-feed cfs-lock 'file-user_cfg' error: no quorum!",
    'NoQuorum',
    'no quorum',
  ],
])(
  'of a command that prints a secret and fails, saying %s, only known words get into the error',
  async (_, said, type, shown) => {
    const lab = await startLab(untouched('8.4'));
    try {
      const plan = await lab.plan('bootstrapAccess');
      await lab.perform({ ...plan, steps: plan.steps.slice(0, -1) });
      lab.simulator.control.faultCommand(
        { line: 'pveum user token add*' },
        { moment: 'before handling', then: { exitCode: 255, stderr: `${said}\n` } },
      );
      const failure: unknown = await lab.perform(plan).catch((error: unknown) => error);
      expect(failure).toMatchObject({ type });
      expect(JSON.stringify(failure)).not.toContain('feed');
      expect(JSON.stringify(failure)).toContain(shown);
    } finally {
      await lab.close();
    }
  },
);
