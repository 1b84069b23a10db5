import { clusterTerms } from '../../src/domain/rendering/clusterFacts';
import { useCleanUp } from '../proxmox/support';
import { describeWith } from '../support/tools';
import { setClusterPlaybookStage } from './support/clusterPlaybookStage';

const clean = useCleanUp();
const three = ['lab-worker-1', 'lab-worker-2', 'lab-worker-3'];

describeWith(['ansible-playbook'], 'playbooks of a profile', () => {
  test('run on the machines that were made, once all are ready; a failure waits for a person, who lets it run again', async () => {
    const stage = await setClusterPlaybookStage(clean);
    const running = await stage.ask('lab', 'create');
    const plan = await running.approved();
    expect(plan.playbooks).toMatchObject([{ playbook: 'greet', limit: three.join(','), hosts: three }]);
    expect(clusterTerms(plan).join()).toContain('greet (1 play, 2 tasks; 3 of the machines');
    const decision = await running.decision();
    expect(decision).toMatchObject({
      ...{ stepId: 'playbook-greet', choices: ['retry', 'skip', 'abort'] },
      problem: { code: 'CommandFailed', failed: expect.stringContaining('lab-worker-1') as string },
    });
    const { steps } = await running.progress();
    expect(steps.filter(({ id, phase }) => id.startsWith('protect-') && phase === 'done')).toHaveLength(3);
    expect(stage.greeted()).toEqual([]);
    stage.openGate();
    await running.decide(decision, 'retry');
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report.steps.at(-1)).toMatchObject({
      ...{ id: 'playbook-greet', outcome: 'done', exitCode: 0, captures: { runs: 2, hosts: three } },
    });
    expect(stage.greeted()).toEqual(three);

    await stage.seen('lab', 'the end', ({ operation }) => operation === undefined);
    const more = await stage.ask('lab', 'scale', { counts: { worker: 4 } });
    const first = await more.plan();
    stage.tree.write('roles/notes.txt', 'of somebody');
    await more.approved();
    await more.reached(
      ({ planHash, waitingFor }) => waitingFor === 'approval' && !first.hash.startsWith(planHash ?? '-'),
    );
    await more.approved();
    await expect(more.report()).resolves.toMatchObject({ outcome: 'done', decisions: [] });
    expect(stage.greeted()).toEqual([...three, 'lab-worker-4']);
  });

  test('one that was left out is told with the command that makes up for it', async () => {
    const stage = await setClusterPlaybookStage(clean);
    const running = await stage.ask('lab', 'create');
    await running.approved();
    const decision = await running.decision();
    expect(decision.problem.remedy).toContain(`then pxm ansible run greet --limit ${three.join(',')}`);
    await running.decide(decision, 'skip');
    await expect(running.report()).resolves.toMatchObject({
      outcome: 'incomplete',
      summary: `Not finished: all 3 machines as planned, but not the playbooks. No later change runs greet on what is ready; once the cause is put right: pxm ansible run greet --limit ${three.join(',')}`,
    });
    expect(stage.greeted()).toEqual([]);
  });
});
