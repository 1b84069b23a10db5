import { defaultPayloadConverter } from '@temporalio/common';
import { untouched } from '../activities/access/support/lab';
import { setAccessStage, type AccessRunning, type AccessStage } from './support/accessStage';

/** What the server would tell another attempt of the activity under way. */
async function toldOf({ handle }: AccessRunning): Promise<unknown> {
  const { raw } = await handle.describe();
  const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
  return payload == null ? undefined : defaultPayloadConverter.fromPayload(payload);
}

describe('a removal', () => {
  let stage: AccessStage;
  beforeEach(async () => {
    stage = await setAccessStage(untouched('8.4'));
    await stage.bring('bootstrapAccess');
  });
  afterEach(async () => stage.close());

  const asked = () =>
    stage.lab.simulator.control.commands().filter(({ line }) => line.startsWith('pveum user token delete'));

  test('is known to the server before its command goes out: a worker that dies then leaves it to a person', async () => {
    const hold = stage.lab.simulator.control.holdCommand(
      { line: 'pveum user token delete*' },
      'before handling',
    );
    const running = await stage.start('undoAccess');
    await running.approved();
    await hold.arrived;
    expect(await toldOf(running)).toEqual({ asked: true });
    hold.release();
    await expect(running.report()).resolves.toMatchObject({ outcome: 'done' });
  });

  test('that the cluster refused for want of quorum is asked for again by itself', async () => {
    stage.lab.simulator.control.faultCommand(
      { line: 'pveum user token delete*' },
      {
        moment: 'before handling',
        then: { exitCode: 255, stderr: "delete token failed: cfs-lock 'file-user_cfg' error: no quorum!\n" },
      },
    );
    const running = await stage.start('undoAccess');
    await running.approved();
    await expect(running.report()).resolves.toMatchObject({ outcome: 'done', decisions: [] });
    expect(asked()).toHaveLength(2);
  });
});
