import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesOfRun } from '../../src/ansible/runs/processes';
import type { PlaybookProgress } from '../../src/domain/ansible/run';
import { planFromHistory } from '../../src/client/operations/history';
import { takeSnapshot } from '../../src/client/operations/snapshot';
import { anyReportText } from '../../src/domain/rendering/anyReport';
import { playbook } from '../ansible/support/tree';
import { filesBelow } from '../canary/files';
import { historiesOf } from '../canary/histories';
import { describeWith } from '../support/tools';
import { waitUntil } from '../support/waitUntil';
import { setPlaybookStage, type PlaybookStage, type RunningPlaybook } from './support/playbookStage';

const secrets = { vault: 'canary-vault-77c1', database: 'canary-db-{{ x }}-0b5e' };

let stage: PlaybookStage;

/** A file that a task waits for, so that the test decides when the run goes on. */
const gate = () => join(stage.folder, 'gate');
const count = () => join(stage.folder, 'count');
const begins = () => (existsSync(count()) ? readFileSync(count(), 'utf8').trim().split('\n').length : 0);
const waits = () => ({ name: 'Wait', 'ansible.builtin.wait_for': { path: gate(), sleep: 1, timeout: 120 } });
const counts = () => ({ name: 'Count', 'ansible.builtin.shell': `echo begun >> ${count()}` });

async function atGate({ handle }: RunningPlaybook): Promise<PlaybookProgress> {
  return waitUntil('the task that waits', async () => {
    const { playbook: seen } = await takeSnapshot(stage.temporal.client, handle.workflowId);
    return seen?.task === 'Wait' ? seen : undefined;
  });
}

describeWith(['ansible-playbook'], 'runPlaybook', () => {
  beforeAll(async () => {
    stage = await setPlaybookStage(secrets);
  });
  afterAll(async () => stage.close());
  beforeEach(() => {
    for (const file of [gate(), count()]) rmSync(file, { force: true });
  });

  test('is planned, approved, run with live progress and reported, its secrets nowhere to be seen', async () => {
    const written = join(stage.folder, 'written');
    stage.write(
      'playbooks/site.yaml',
      playbook(
        'here',
        [
          {
            name: 'Write',
            'ansible.builtin.copy': { dest: written, content: '{{ hidden }} {{ db }} {{ n }}' },
          },
          waits(),
          { name: 'Tell', 'ansible.builtin.debug': { msg: '{{ db }}' } },
        ],
        { vars_files: ['../vars/hidden.yaml'] },
      ),
    );
    const request = {
      ...{ playbook: 'site', limit: 'alpha', extraVars: { n: 3 }, secretVars: { db: 'database' } },
      ...{ estimate: true, requestedBy: 'tester' },
    };
    writeFileSync(gate(), '');
    const running = await stage.start(request);
    const plan = await running.plan();
    expect(plan.plays).toMatchObject([
      { name: 'The play', hosts: ['alpha'], tasks: ['Write', 'Wait', 'Tell'] },
    ]);
    expect(plan.estimate?.hosts).toMatchObject([{ host: 'alpha', changed: 1, failed: 0 }]);
    const { client } = stage.temporal;
    await expect(planFromHistory(client, running.handle.workflowId)).resolves.toEqual(plan);
    expect(existsSync(written)).toBe(false);
    rmSync(gate());
    await running.approved();
    expect((await atGate(running)).hosts).toEqual({ ok: 0, changed: 1, failed: 0, unreachable: 0 });
    writeFileSync(gate(), '');
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'done', runs: 1, exitCode: 0, requestedBy: 'tester' });
    expect(report.hosts).toMatchObject([{ host: 'alpha', outcome: 'changed' }]);
    expect(report.actions).toMatchObject([{ message: 'approve', by: 'test' }]);
    expect(anyReportText(report)).toMatch(/changed +alpha: 3 ok, 1 changed, 0 failed/);
    expect(readFileSync(written, 'utf8')).toBe('opened canary-db-{{ x }}-0b5e 3');
    const { workflowId } = running.handle;
    const evidence = [
      ...(await historiesOf(client, `WorkflowId = '${workflowId}'`)),
      ...filesBelow(stage.stateFolder),
    ];
    expect(evidence.length).toBeGreaterThan(6);
    const hits = evidence.filter(({ bytes }) => /canary-(vault|db)/.test(bytes.toString('latin1')));
    expect(hits.map(({ name }) => name)).toEqual([]);
  });

  test('asks again when a file of the tree changes after the plan, leaves a failed host to a person, and has run, whatever becomes of a new plan after that', async () => {
    stage.write('roles/notes.txt', 'one');
    const tasks = [counts(), { name: 'Fail', 'ansible.builtin.fail': { msg: 'no room' } }];
    stage.write('playbooks/drifting.yaml', playbook('alpha', tasks));
    const running = await stage.start({ playbook: 'drifting' });
    const first = await running.plan();
    stage.write('roles/notes.txt', 'two');
    await running.approved();
    await running.reached(
      ({ planHash, waitingFor }) => waitingFor === 'approval' && !first.hash.startsWith(planHash ?? '-'),
    );
    expect(begins()).toBe(0);
    const changes = [expect.stringMatching(/^Files have changed: roles in /) as string];
    expect((await running.progress()).planBefore).toMatchObject({
      ...{ planHash: first.hash.slice(0, 12), because: 'the approved plan does not hold any more' },
      ...{ reasons: changes, changes },
    });
    await running.approved();
    const decision = await running.decision();
    expect(decision.problem).toMatchObject({ code: 'CommandFailed', failed: 'alpha failed (exit code 2)' });
    // The stage has a vault: what Ansible said stays on the worker's machine.
    expect(decision.problem.logTail).toEqual([expect.stringMatching(/^alpha, Fail: \(not shown/)]);
    expect(decision.choices).toEqual(['retry', 'skip', 'abort']);
    stage.write('roles/notes.txt', 'three');
    await running.decide(decision, 'retry');
    const second = await running.decision();
    expect(second).toMatchObject({ problem: { code: 'PlanDrifted' }, choices: ['replan', 'abort'] });
    await running.decide(second, 'replan');
    await running.plan();
    await running.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'incomplete', runs: 1, exitCode: 2 });
    expect(report.hosts).toMatchObject([{ host: 'alpha', outcome: 'failed' }]);
    expect(report.summary).toMatch(/was run: 1 failed.* The new plan after that was rejected/);
    expect(anyReportText(report)).toContain('begun 1 time,');
    expect(begins()).toBe(1);
  });

  test('goes on while its worker is dead, is followed by the next one, and asks once it is lost itself', async () => {
    stage.write('playbooks/lasting.yaml', playbook('alpha', [counts(), waits()]));
    const running = await stage.start({ playbook: 'lasting' });
    await running.approved();
    await atGate(running);
    await stage.killWorker();
    await stage.startWorker();
    await atGate(running);
    const { firstExecutionRunId } = await progressOf(running);
    await stage.killWorker();
    for (const pid of processesOfRun(`${firstExecutionRunId}-1`)) process.kill(pid, 'SIGKILL');
    await stage.startWorker();
    const decision = await running.decision();
    expect(decision.problem.code).toBe('OutcomeUnknown');
    expect(decision.seen).toContain('Last seen: The play: Wait (task 2)');
    expect(begins()).toBe(1);
    await running.decide(decision, 'retry');
    await waitUntil('the second run', () => Promise.resolve(begins() === 2 || undefined));
    await atGate(running);
    await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'cancelled', runs: 2, problem: { code: 'OutcomeUnknown' } });
    expect(processesOfRun(`${firstExecutionRunId}-2`)).toEqual([]);
    expect(begins()).toBe(2);
  });
});

async function progressOf({ handle }: RunningPlaybook): Promise<{ readonly firstExecutionRunId: string }> {
  const { raw } = await handle.describe();
  return { firstExecutionRunId: raw.workflowExecutionInfo?.firstRunId ?? '' };
}
