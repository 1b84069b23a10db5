import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { AccessReport } from '../../src/domain/accessReport';
import { untouched } from '../activities/access/support/lab';
import { setAccessStage, type AccessStage } from './support/accessStage';

const user = 'claude-code@pve';

function tokensOf({ lab }: AccessStage) {
  return [...(lab.simulator.control.cluster.access.users.get(user)?.tokens.values() ?? [])];
}

describe.each(['8.4', '9'] as const)('access on Proxmox VE %s', (version) => {
  let stage: AccessStage;
  beforeEach(async () => {
    stage = await setAccessStage(untouched(version), { access: 'import_storage: local' });
  });
  afterEach(async () => stage.close());

  test('is set up, left alone by a second run, rotated and removed again', async () => {
    const first = await stage.bring('bootstrapAccess', { requestedBy: 'tester' });
    expect(first).toMatchObject({ outcome: 'done', operation: 'bootstrapAccess', requestedBy: 'tester' });
    expect(first.steps.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(first.trust.nodes).toHaveLength(3);

    const again = await stage.start('bootstrapAccess');
    await expect(again.report()).resolves.toMatchObject({
      outcome: 'done',
      steps: [],
      actions: [],
      summary: 'Nothing was changed: the access was set up already, and the token works.',
    });

    const rotated = await stage.bring('rotateToken');
    expect(rotated.outcome).toBe('done');
    expect(tokensOf(stage).map(({ id }) => id)).toEqual(['automation-2']);
    const stored = readFileSync(stage.lab.tokenFile, 'utf8');
    expect(stored).toBe(`${user}!automation-2\n${tokensOf(stage)[0]?.secret ?? ''}\n`);

    const undone = await stage.bring('undoAccess');
    expect(undone.outcome).toBe('done');
    expect([...stage.lab.simulator.control.cluster.access.users.keys()]).toEqual(['root@pam']);
    expect(readdirSync(stage.lab.folder).filter((name) => name.startsWith('token'))).toEqual([]);
    expect(readdirSync(join(stage.lab.folder, 'reports')).length).toBeGreaterThan(0);
  });
});

describe('bootstrapAccess', () => {
  let stage: AccessStage;
  beforeEach(async () => {
    stage = await setAccessStage(untouched('8.4'));
  });
  afterEach(async () => stage.close());

  test('changes nothing before its plan is approved, and nothing when it is rejected', async () => {
    const running = await stage.start('bootstrapAccess');
    await running.plan();
    await running.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    await expect(running.report()).resolves.toMatchObject({ outcome: 'rejected' });
    expect([...stage.lab.simulator.control.cluster.access.users.keys()]).toEqual(['root@pam']);
    const changing = stage.lab.simulator.control
      .commands()
      .filter(({ line }) => /add|modify|delete|create/.test(line));
    expect(changing).toEqual([]);
  });

  test('asks when a connection is cut in the middle of a change, and goes on when told to', async () => {
    stage.lab.simulator.control.faultCommand(
      { line: 'pveum user token add*' },
      { moment: 'before answering', then: 'drop' },
    );
    const running = await stage.start('bootstrapAccess');
    await running.approved();
    const decision = await running.decision();
    expect(decision.problem.code).toBe('OutcomeUnknown');
    expect(decision.choices).toEqual(['retry', 'replan', 'abort']);
    await running.decide(decision, 'retry');
    await expect(running.report()).resolves.toMatchObject({ outcome: 'done' });
    expect(tokensOf(stage)).toHaveLength(1);
    expect(readFileSync(stage.lab.tokenFile, 'utf8')).toContain(tokensOf(stage)[0]?.secret ?? 'none');
  });

  test('plans anew what is left when asked to, and reports all steps', async () => {
    stage.lab.simulator.control.faultCommand(
      { line: 'pveum user add*' },
      { moment: 'before handling', then: { exitCode: 255, stderr: 'create user failed: disk full\n' } },
    );
    const running = await stage.start('bootstrapAccess');
    await running.approved();
    const decision = await running.decision();
    expect(decision.problem.proxmoxSaid).toContain('disk full');
    await running.decide(decision, 'replan');
    const rest = await running.approved();
    expect(rest.steps.some(({ action }) => action.kind === 'setRole')).toBe(false);
    const report = await running.report();
    expect(report.outcome).toBe('done');
    expect(report.steps.map(({ title }) => title)).toContain(
      'Give the role ClaudeCodeManager its privileges',
    );
  });

  test('goes on in another worker, at the same step', async () => {
    const hold = stage.lab.simulator.control.holdCommand({ line: 'pveum acl modify*' }, 'before handling');
    const running = await stage.start('bootstrapAccess');
    await running.approved();
    await hold.arrived;
    await stage.stopWorkers();
    hold.release('drop');
    await stage.startWorker();
    const report = await running.report();
    expect(report.outcome).toBe('done');
    expect(tokensOf(stage)).toHaveLength(1);
  });

  test('keeps the secret out of its history and its report', async () => {
    const running = await stage.start('bootstrapAccess');
    await running.approved();
    const report = await running.report();
    const history = historyToJSON(await running.handle.fetchHistory());
    const secret = tokensOf(stage)[0]?.secret ?? 'none';
    const forms = [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')];
    for (const form of forms) {
      expect(history).not.toContain(form);
      expect(JSON.stringify(report)).not.toContain(form);
    }
    expect(Buffer.from(history).toString()).toContain('bootstrapAccess');
  });

  test('refuses what it does not understand, and a place that it can not write to', async () => {
    const odd = await stage.temporal.client.workflow.start('bootstrapAccess', {
      workflowId: `access/${stage.cluster}`,
      taskQueue: `proxmox/${stage.cluster}`,
      args: [{ profil: 'full' }],
    });
    await expect(odd.result()).rejects.toMatchObject({ cause: { type: 'InputInvalid' } });
  });

  test('and the others are refused under any other workflow ID: that is what keeps them apart', async () => {
    for (const type of ['bootstrapAccess', 'rotateToken', 'undoAccess']) {
      const beside = await stage.temporal.client.workflow.start(type, {
        workflowId: `access/${stage.cluster}-beside`,
        taskQueue: `proxmox/${stage.cluster}`,
        args: [{ dryRun: true }],
      });
      const { outcome, problem } = (await beside.result()) as AccessReport;
      expect(outcome).toBe('refused');
      expect(problem?.code).toBe('InputInvalid');
      expect(problem?.remedy).toContain(`workflow ID access/${stage.cluster},`);
    }
    expect(stage.lab.simulator.control.commands()).toEqual([]);
  });
});

test('bootstrapAccess does not wait for a token that only it can make', async () => {
  const stage = await setAccessStage(untouched('9'), {
    credentials: 'environment: { token_id: PXM_TEST_ID, token_secret: PXM_TEST_SECRET }',
  });
  const running = await stage.start('bootstrapAccess');
  await expect(running.report()).resolves.toMatchObject({
    outcome: 'refused',
    problem: { code: 'ConfigInvalid' },
  });
  await stage.close();
});
