import { shownHash } from '../../src/domain/rendering/commands';
import { pxm } from './support/cli';
import { planOf } from './support/plan';
import { hasPseudoTerminal, keys, startPxmAtTerminal } from './support/pseudoTerminal';
import { setClientStage, type ClientStage } from './support/stage';

const withTerminal = hasPseudoTerminal ? describe : describe.skip;

withTerminal('pxm evacuate at a terminal', () => {
  let stage: ClientStage;
  const hash = shownHash(planOf('', [101, 102]).hash);

  beforeEach(async () => {
    stage = await setClientStage();
    await stage.startWorker();
  });
  afterEach(() => stage.close());

  it('asks, draws a bar for each migration and one overall, asks a decision, and ends with the report', async () => {
    stage.holdCopies = true;
    stage.failingStarts.add(102);
    const run = await startPxmAtTerminal(['evacuate', 'pve01', '--config', stage.configFile]);
    await run.shows(`What about plan ${hash}?`);
    run.type(keys.up + keys.up + keys.enter);
    await run.shows('50 % 101 web-101 -> pve02: 4 GiB of 8 GiB, 1 GiB/s, 4 s left');
    await run.shows('0/2 guests, 4 GiB of 16 GiB');
    stage.holdCopies = false;
    await run.shows('Decision d1: ');
    await run.shows('later: leave the decision open');
    await pxm('decide', stage.workflowId, 'd1', 'retry', '--by', 'anna');
    await run.shows('It was answered elsewhere meanwhile.');
    await run.shows('102 web-102     moved');
    expect(await run.exitCode).toBe(1);
    // The cursor is shown again.
    expect(run.screen().lastIndexOf('\u001b[?25h')).toBeGreaterThan(run.screen().lastIndexOf('\u001b[?25l'));
  });

  it('shows at the bar which attempt is made while the node is down', async () => {
    stage.failingPlans = 2;
    stage.holdPlans = true;
    const run = await startPxmAtTerminal(['evacuate', 'pve01', '--dry-run', '--config', stage.configFile]);
    await run.shows('planning: attempt 3 of 10; the one before failed: GET /nodes/pve01/qemu on pve02');
    stage.holdPlans = false;
    expect(await run.exitCode).toBe(0);
  });

  it('does nothing on a stray Enter: the plan waits, exit 4 with the command', async () => {
    const run = await startPxmAtTerminal(['evacuate', 'pve01', '--config', stage.configFile]);
    await run.shows(`What about plan ${hash}?`);
    run.type(keys.enter);
    expect(await run.exitCode).toBe(4);
    expect(run.screen()).toContain(`pxm approve ${stage.workflowId} ${hash}`);
  });

  it('leaves on Ctrl-C while it asks, and while it draws: exit 130, the operation goes on', async () => {
    stage.holdCopies = true;
    const asking = await startPxmAtTerminal(['evacuate', 'pve01', '--config', stage.configFile]);
    await asking.shows(`What about plan ${hash}?`);
    asking.type(keys.controlC);
    expect(await asking.exitCode).toBe(130);
    await pxm('approve', stage.workflowId, hash);
    const drawing = await startPxmAtTerminal(['watch', stage.workflowId]);
    await drawing.shows('101 web-101 -> pve02');
    drawing.type(keys.controlC);
    expect(await drawing.exitCode).toBe(130);
    expect(drawing.screen()).toContain(`pxm watch ${stage.workflowId}`);
    stage.holdCopies = false;
    expect((await pxm('watch', stage.workflowId)).stdout).toContain('2 of 3 guests moved');
  });
});
