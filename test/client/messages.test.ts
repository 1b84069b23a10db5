import { shownHash } from '../../src/domain/rendering/commands';
import { condition } from '../support/temporalCondition';
import { pxm, pxmJson, startPxm } from './support/cli';
import { planOf } from './support/plan';
import { setClientStage, type ClientStage } from './support/stage';

describe('messages to a running operation', () => {
  let stage: ClientStage;
  const config = () => ['--config', stage.configFile];
  const hash = shownHash(planOf('', [101, 102]).hash);

  beforeEach(async () => {
    stage = await setClientStage();
    await stage.startWorker();
  });
  afterEach(() => stage.close());

  it('pauses, resumes and cancels it, and the report tells who did', async () => {
    stage.holdCopies = true;
    const run = startPxm(['evacuate', 'pve01', '--approve', hash, ...config()]);
    await run.shows('copied');
    expect((await pxm('pause', 'pve01', ...config(), '--comment', 'lunch')).stdout).toContain('Paused');
    await run.shows('waits for resume');
    expect((await pxm('resume', 'pve01', ...config())).exitCode).toBe(0);
    const cancelled = await pxmJson('cancel', 'pve01', '--by', 'anna', ...config());
    expect(cancelled.document).toMatchObject({ message: 'cancel', via: 'update', exitCode: 0 });
    stage.holdCopies = false;
    expect(await run.ended).toBe(1);
    expect(run.stdout()).toContain('(cluster ' + stage.cluster + '): cancelled');
    expect(run.stdout()).toMatch(/pause by tester@desk: "lunch"/);
    expect(run.stdout()).toMatch(/cancel .*by anna/);
  });

  it('answers a cancel truly while the credentials of a running migration do not work', async () => {
    stage.holdCopies = true;
    const run = startPxm(['evacuate', 'pve01', '--approve', hash, ...config()]);
    await run.shows('copied');
    stage.tokenRefused = true;
    await run.shows('waits for working credentials');
    await run.ended;
    const cancel = ['cancel', 'pve01', '--abort-running', '--comment', 'enough', ...config()];
    const cancelled = await pxmJson(...cancel);
    expect(cancelled.exitCode).toBe(0);
    expect(cancelled.document).toMatchObject({
      via: 'update',
      text: expect.stringContaining('What can not be aborted goes on in Proxmox') as string,
    });
    const watched = await pxm('watch', 'pve01', ...config());
    expect(watched.exitCode).toBe(1);
    expect(watched.stdout).toContain('cancel abort by tester@desk: "enough"');
    expect(watched.stdout).toMatch(/101 web-101 +unknown/);
    expect(watched.stdout).toContain('not followed to its end');
  });

  it('lists it with its phase and what it waits for', async () => {
    await pxm('evacuate', 'pve01', ...config());
    // Visibility is written behind the workflow's back, within about a second.
    const row = new RegExp(`${stage.workflowId} +pve01 +running +waitingForApproval +approval`);
    await condition('it is listed with them', async () =>
      row.test((await pxm('operations', '--open', '--limit', '100')).stdout),
    );
    await pxm('reject', 'pve01', ...config());
  });

  it('sends what it can understand only to an operation', async () => {
    await pxm('evacuate', 'pve01', ...config());
    const early = await pxm('decide', 'pve01', 'd1', 'retry', ...config());
    expect(early.exitCode).toBe(2);
    expect(early.stderr).toContain('there is no decision d1; open: none');
    await pxm('reject', 'pve01', ...config());
    expect((await pxm('watch', 'pve01', ...config())).exitCode).toBe(3);
  });

  it('tells a message that comes after the end what the end was: bad input unless the plan was never approved', async () => {
    await pxm('evacuate', 'pve01', '--dry-run', ...config());
    const late = await pxm('pause', 'pve01', ...config());
    expect(late.exitCode).toBe(2);
    expect(late.stderr).toContain('the operation has ended (planned)');
  });
});
