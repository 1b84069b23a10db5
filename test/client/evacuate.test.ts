import { loadClusterConfig } from '../../src/config/load';
import { settingsHash } from '../../src/config/settingsHash';
import { taskQueueOf } from '../../src/domain/names';
import { shownHash } from '../../src/domain/rendering/commands';
import { testClient } from '../support/temporal';
import { pxm, pxmJson, startPxm } from './support/cli';
import { planOf } from './support/plan';
import { pretendWorker } from './support/pretendedWorker';
import { setClientStage, type ClientStage } from './support/stage';

describe('pxm evacuate without a terminal', () => {
  let stage: ClientStage;
  const config = () => ['--config', stage.configFile];
  const hashOf = (...vmids: number[]) => shownHash(planOf('', vmids).hash);

  beforeEach(async () => {
    stage = await setClientStage();
    await stage.startWorker();
  });
  afterEach(() => stage.close());

  it('prints the plan and the command that approves it, and exits 4; watch then follows to the report', async () => {
    const asked = await pxm('evacuate', 'pve01', ...config());
    expect(asked.exitCode).toBe(4);
    expect(asked.stdout).toMatch(/101 web-101 +running +pve02 +live +8 GiB +- +20 s +it has the most room/);
    expect(asked.stdout).toMatch(/900 base-image +it is a template +clone it on another node/);
    expect(asked.stdout).toMatch(/pve02 +16 GiB \(25 %\) +48 GiB \(75 %\) +64 GiB +2 -> 4/);
    expect(asked.stdout).toContain('Warning: TLS is not verified');
    expect(asked.stdout).toContain(`pxm approve ${stage.workflowId} ${hashOf(101, 102)}`);

    const approved = await pxm('approve', 'pve01', hashOf(101, 102), ...config(), '--comment', 'CHG-17');
    expect(approved.exitCode).toBe(0);
    expect(approved.stdout).toContain('is approved');

    const watched = await pxm('watch', 'pve01', ...config());
    expect(watched.stdout).toMatch(/101 web-101 +moved +pve01 -> pve02/);
    expect(watched.stdout).toMatch(/approve .* by tester@desk: "CHG-17"/);
    // The template stayed: the node is never called emptied.
    expect(watched.exitCode).toBe(1);
    expect(watched.stdout + watched.stderr).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('warns where the worker of this machine was started with another configuration', async () => {
    const current = settingsHash(loadClusterConfig(stage.configFile));
    for (const [hash, warned] of [
      ['of another configuration', true],
      [current, false],
    ] as const) {
      pretendWorker(stage.cluster, hash);
      const { stderr } = await pxm('evacuate', 'pve01', '--dry-run', ...config());
      expect(stderr.includes('the configuration has changed since worker')).toBe(warned);
    }
  });

  it('refuses a second start with a pointer to the first', async () => {
    await pxm('evacuate', 'pve01', '--detach', ...config());
    const second = await pxm('evacuate', 'pve01', '--approve', 'ffffffffffff', ...config());
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('runs already; no second one was started');
    expect(second.stderr).toContain(`pxm watch ${stage.workflowId}\n`);
    expect(second.stderr).toContain(`pxm approve ${stage.workflowId} ffffffffffff\n`);
  });

  it('lets a new one start once the first has ended', async () => {
    await pxm('evacuate', 'pve01', '--dry-run', ...config());
    expect((await pxm('evacuate', 'pve01', '--dry-run', ...config())).exitCode).toBe(0);
  });

  it('shows the plan of a dry run and ends with exit 0', async () => {
    const { document, exitCode } = await pxmJson('evacuate', 'pve01', '--dry-run', ...config());
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({
      plan: { hash: planOf(stage.cluster, [101, 102]).hash },
      report: { outcome: 'planned' },
      exitCode: 0,
    });
  });

  it('shows which attempt is made, and why the one before failed, while the node is down', async () => {
    stage.failingPlans = 2;
    stage.holdPlans = true;
    const run = startPxm(['evacuate', 'pve01', '--dry-run', '--json', ...config()]);
    const failed = 'GET /nodes/pve01/qemu on pve02: no route to host (HTTP status 595) [NodeUnreachable]';
    const line = (attempt: number) =>
      `Looking at the cluster and planning: attempt ${attempt} of 10; the one before failed: ${failed}`;
    await run.shows(line(3));
    stage.holdPlans = false;
    expect(await run.ended).toBe(0);
    expect(JSON.parse(run.stdout())).toMatchObject({ report: { outcome: 'planned' } });
    expect(run.stderr().match(/attempt 3 of 10/g)).toHaveLength(1);
  });

  it('approves by itself only the plan whose hash was given', async () => {
    const other = await pxm('evacuate', 'pve01', '--approve', 'ffffffffffff', ...config());
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toContain('its plan has another hash than ffffffffffff');
    expect(other.stderr).not.toContain(hashOf(101, 102));
    expect(other.stderr).toContain(`pxm watch ${stage.workflowId}\n`);
    expect(other.stderr).toContain(`pxm approve ${stage.workflowId} <hash>\n`);
    expect(other.stdout).toContain(`Plan ${hashOf(101, 102)}`);
    expect(other.stdout).toContain(`pxm reject ${stage.workflowId}\n`);
    expect(other.stdout).not.toContain('pxm approve');
    expect(other.stderr).toContain(`pxm cancel ${stage.workflowId}`);
    expect((await pxm('reject', 'pve01', ...config())).exitCode).toBe(0);
    expect((await pxm('watch', 'pve01', ...config())).exitCode).toBe(3);
    const right = await pxmJson('evacuate', 'pve01', '--approve', hashOf(101, 102), ...config());
    expect(right.document).toMatchObject({ report: { outcome: 'incomplete' }, exitCode: 1 });
    expect(right.stderr).toContain(`Plan ${hashOf(101, 102)} is approved.`);
  });

  it('says with --wait, too, that the plan is another one, and stays; for programs it is an error', async () => {
    const wrong = ['evacuate', 'pve01', '--approve', 'ffffffffffff', ...config()];
    const waiting = startPxm([...wrong, '--wait']);
    await waiting.shows('its plan has another hash than ffffffffffff');
    await pxm('reject', 'pve01', ...config());
    expect(await waiting.ended).toBe(3);
    expect(waiting.stderr().match(/another hash/g)).toHaveLength(1);
    const { exitCode, document } = await pxmJson(...wrong);
    expect(exitCode).toBe(2);
    const { workflowId } = stage;
    expect(document).toEqual({
      ...{ workflowId, exitCode: 2, waitingFor: { kind: 'approval' } },
      commands: [`pxm reject ${workflowId}`, `pxm watch ${workflowId}`],
      plan: expect.objectContaining({ hash: planOf(stage.cluster, [101, 102]).hash }) as object,
      error: expect.objectContaining({ code: 'InputInvalid', attempted: `approve ${workflowId}` }) as object,
    });
    await pxm('reject', 'pve01', ...config());
  });

  it('returns at once with --detach, also where a plan is approved in advance or only a plan is wanted', async () => {
    const planned = await pxmJson('evacuate', 'pve01', '--dry-run', '--detach', ...config());
    expect(planned).toMatchObject({ exitCode: 0, document: { workflowId: stage.workflowId } });
    const plan = await pxm('watch', 'pve01', ...config());
    expect(plan).toMatchObject({ exitCode: 0 });
    expect(plan.stdout).toContain(`Plan ${hashOf(101, 102)}`);

    const other = ['evacuate', 'pve01', '--approve', 'ffffffffffff', '--detach', ...config()];
    expect((await pxm(...other)).stdout).toContain(
      'approved by itself if its hash is ffffffffffff, and no other',
    );
    expect((await pxm('watch', 'pve01', ...config())).exitCode).toBe(4);
    await pxm('reject', 'pve01', ...config());
    expect((await pxm('watch', 'pve01', ...config())).exitCode).toBe(3);

    const right = ['evacuate', 'pve01', '--approve', hashOf(101, 102), '--detach', ...config()];
    expect((await pxm(...right)).exitCode).toBe(0);
    const watched = await pxm('watch', 'pve01', ...config());
    expect(watched.stdout).toContain('2 of 3 guests moved');
    expect(watched.stdout).toMatch(new RegExp(`approve ${hashOf(101, 102)} by tester@desk`));
  });

  it('explains what --detach does not go with', async () => {
    const { exitCode, stderr } = await pxm('evacuate', 'pve01', '--wait', '--detach', ...config());
    expect(exitCode).toBe(2);
    expect(stderr).toContain("'--detach' cannot be used with option '--wait'");
  });

  it('refuses a wrong hash without showing the right one', async () => {
    await pxm('evacuate', 'pve01', ...config());
    const refused = await pxm('approve', 'pve01', 'ffffffffffff', ...config());
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(`Attempted: approve ${stage.workflowId}\n`);
    expect(refused.stderr).toContain('no plan of this operation has this hash');
    expect(refused.stderr).toContain('pxm watch');
    expect(refused.stdout + refused.stderr).not.toContain(hashOf(101, 102));
  });

  it('stays with --wait until somebody approves, and exits 3 if the plan is rejected', async () => {
    const waiting = startPxm(['evacuate', 'pve01', '--wait', ...config()]);
    await waiting.shows('Waits for approval of the plan');
    expect((await pxm('reject', stage.workflowId, '--by', 'anna')).exitCode).toBe(0);
    expect(await waiting.ended).toBe(3);
    expect(waiting.stdout()).toContain('reject by anna');
    const late = await pxm('approve', stage.workflowId, hashOf(101, 102));
    expect(late.exitCode).toBe(3);
    expect(late.stderr).toContain('has ended (rejected)');
  });

  it('ends with the operation that it has followed, though another one of the same ID begins at once', async () => {
    const waiting = startPxm(['evacuate', 'pve01', '--wait', ...config()]);
    await waiting.shows('Waits for approval of the plan');
    const { client, close } = await testClient();
    const first = client.workflow.getHandle(stage.workflowId);
    await first.executeUpdate('reject', { args: [{ by: 'anna' }] });
    await first.result();
    const { workflowId, cluster } = stage;
    const args = [{ node: 'pve01' }];
    await client.workflow.start('evacuateNode', { workflowId, taskQueue: taskQueueOf(cluster), args });
    expect(await waiting.ended).toBe(3);
    expect(waiting.stdout()).toContain('reject by anna');
    await pxm('reject', 'pve01', ...config());
    await close();
  });

  it('leaves the operation running on Ctrl-C, says how to come back, and exits 130', async () => {
    stage.holdCopies = true;
    const run = startPxm(['evacuate', 'pve01', '--approve', hashOf(101, 102), ...config()]);
    await run.shows('4 GiB of 8 GiB copied, 1 GiB/s');
    run.interrupt();
    expect(await run.ended).toBe(130);
    expect(run.stderr()).toContain(`pxm watch ${stage.workflowId}`);
    const open = await pxmJson('report', 'pve01', ...config());
    expect(open.document).toMatchObject({ open: true, progress: { phase: 'running' } });
    stage.holdCopies = false;
    expect((await pxm('watch', 'pve01', ...config())).stdout).toContain('2 of 3 guests moved');
  });

  it('shows a decision with what Proxmox said, exits 4, and goes on after pxm decide', async () => {
    stage.failingStarts.add(101);
    const run = await pxm('evacuate', 'pve01', '--approve', hashOf(101, 102), ...config());
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain("Proxmox:   can't migrate running VM without --online");
    expect(run.stderr).toContain('log | last words of the task');
    expect(run.stdout).toContain(`pxm decide ${stage.workflowId} d1 retry`);
    const unknown = await pxm('decide', 'pve01', 'd9', 'retry', ...config());
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('there is no decision d9; open: d1');
    expect(unknown.stderr).toContain(`pxm watch ${stage.workflowId}`);
    const notOffered = await pxmJson('decide', 'pve01', 'd1', 'wait', ...config());
    expect(notOffered).toMatchObject({
      exitCode: 2,
      document: {
        error: {
          code: 'InputInvalid',
          remedy: expect.stringContaining(`pxm watch ${stage.workflowId}`) as string,
        },
        exitCode: 2,
      },
    });
    expect((await pxm('decide', 'pve01', 'd1', 'retry', ...config())).exitCode).toBe(0);
    const watched = await pxm('watch', 'pve01', ...config());
    expect(watched.stdout).toMatch(/101 web-101 +moved/);
    expect(watched.stdout).toMatch(/d1 .*: retry by tester@desk/);
  });

  it('shows a new plan with what differs, and asks again, when the approved one does not hold', async () => {
    stage.drift.push('103 came to the node');
    const waiting = startPxm(['evacuate', 'pve01', '--wait', ...config()]);
    await waiting.shows('Waits for approval of the plan');
    stage.guests = [101, 102, 103];
    await pxm('approve', 'pve01', hashOf(101, 102), ...config());
    await waiting.shows('VM 103 (web-103) is new on the node and moves to pve02 now.');
    const because = `Plan ${hashOf(101, 102, 103)} takes the place of plan ${hashOf(101, 102)}: the approved plan does not hold any more.\n103 came to the node\n`;
    await waiting.shows(because);
    const later = await pxm('watch', 'pve01', ...config());
    expect(later.exitCode).toBe(4);
    expect(later.stdout).toContain(because);
    await pxm('reject', 'pve01', ...config());
    expect(await waiting.ended).toBe(3);
  });
});
