import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clusterWorkflowId, taskQueueOf } from '../../src/domain/names';
import { shownHash } from '../../src/domain/rendering/commands';
import { freePort } from '../../src/temporal/freePort';
import { testClient, uniqueName } from '../support/temporal';
import { condition } from '../support/temporalCondition';
import { pxm, pxmJson, startPxm } from './support/cli';
import { planOf } from './support/plan';
import { setClientStage, type ClientStage } from './support/stage';

describe('the CLI where no worker, or no server, lives', () => {
  let stage: ClientStage;
  const config = () => ['--config', stage.configFile];
  const hash = shownHash(planOf('', [101, 102]).hash);

  beforeEach(async () => {
    stage = await setClientStage();
    await stage.startWorker();
  });
  afterEach(() => stage.close());

  it('leaves an approval as a signal and says so; the next worker acts on it', async () => {
    await pxm('evacuate', 'pve01', ...config());
    await stage.stopWorker();
    const sent = await pxmJson('approve', 'pve01', hash, ...config());
    expect(sent.exitCode).toBe(0);
    expect(sent.document).toMatchObject({ via: 'signal' });
    expect(sent.document).toMatchObject({
      text: expect.stringContaining('No worker answered within 5 s') as string,
    });
    await stage.startWorker();
    expect((await pxm('watch', 'pve01', ...config())).stdout).toContain('2 of 3 guests moved');
  });

  it('shows the plan from the history and says that a worker is missing', async () => {
    await pxm('evacuate', 'pve01', ...config());
    await stage.stopWorker();
    const watch = startPxm(['watch', 'pve01', ...config()]);
    const report = await pxm('report', 'pve01', ...config());
    expect(report.stdout).toContain('No worker answers');
    expect(report.stdout).toContain('Last known: waitingForApproval');
    expect(report.stdout).toContain(`Plan ${hash}`);
    await watch.shows(`Plan ${hash}`);
    await watch.shows('No worker answers: nothing is lost');
    await stage.startWorker();
    expect(await watch.ended).toBe(4);
  });

  it('lists an open operation with the word that no worker is there, and the commands that start one', async () => {
    await pxm('evacuate', 'pve01', ...config());
    // The server is shared: other tests leave operations without a worker as well.
    const list = ['operations', '--limit', '100'];
    const noWorker = `No worker answers on the task queue proxmox/${stage.cluster}:`;
    let listed = await pxm(...list);
    await condition('it is listed', async () => {
      listed = await pxm(...list);
      expect(listed).toMatchObject({
        exitCode: 0,
        stderr: expect.not.stringContaining('failed') as string,
      });
      return listed.stdout.includes(stage.workflowId);
    });
    expect(listed.stderr).not.toContain(noWorker);
    await stage.stopWorker();
    const [all, open, json] = await Promise.all([
      pxm(...list),
      pxm(...list, '--open'),
      pxmJson(...list, '--open'),
    ]);
    for (const { exitCode, stderr } of [all, open]) {
      expect(exitCode).toBe(0);
      expect(stderr).toContain(noWorker);
      expect(stderr).toContain('pxm up (one machine) or pxm worker');
    }
    expect(json.document).toMatchObject({
      queuesWithoutWorker: expect.arrayContaining([`proxmox/${stage.cluster}`]) as string[],
    });
    await stage.startWorker();
    await pxm('reject', 'pve01', ...config());
  });

  it('lists each operation in one line where its output is no terminal, however wide the line is', async () => {
    const { client, connection } = await testClient();
    const workflowId = uniqueName('x'.repeat(150));
    const handle = await client.workflow.start('evacuateNode', {
      ...{ workflowId, taskQueue: workflowId, args: [{ node: 'pve01' }] },
    });
    try {
      await condition('it is listed in one line', async () =>
        (await pxm('operations', '--open', '--limit', '100')).stdout.includes(workflowId),
      );
    } finally {
      await handle.terminate();
      await connection.close();
    }
  });

  it('prints the report of a closed operation in each format without a worker, also after Temporal forgot it', async () => {
    await pxm('evacuate', 'pve01', '--approve', hash, ...config());
    await stage.stopWorker();
    const [text, markdown, json] = await Promise.all([
      pxm('report', 'pve01', ...config()),
      pxm('report', 'pve01', '--format', 'markdown', ...config()),
      pxm('report', 'pve01', '--format', 'json', ...config()),
    ]);
    expect(text.stdout).toMatch(/101 web-101 +moved +pve01 -> pve02/);
    expect(text.exitCode).toBe(1);
    expect(markdown.stdout).toContain('| 101 web-101 | moved |');
    expect(JSON.parse(json.stdout)).toMatchObject({ operation: 'evacuateNode', node: 'pve01' });

    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
    const [saved, listed, listedJson] = await Promise.all([
      pxm('report', 'pve01', ...config()),
      pxm('operations'),
      pxmJson('operations'),
    ]);
    expect(saved).toMatchObject({ exitCode: 1, stdout: text.stdout });
    expect(saved.stderr).toContain('the report saved in the state folder');
    expect(saved.stderr).toContain("Temporal can't be reached, so it is not known what is open now");
    expect(listed.stdout).toMatch(new RegExp(`${stage.workflowId} +pve01 +saved +closed +incomplete`));
    expect(listed.exitCode).toBe(1);
    expect(listed.stderr).toContain(
      "Temporal can't be reached, so it is not known what is open now: only saved",
    );
    expect(listedJson.document).toMatchObject({ onlySavedReports: true, exitCode: 1 });

    const reports = join(dirname(stage.configFile), 'reports');
    const later = {
      ...JSON.parse(json.stdout),
      outcome: 'planned',
      endedAt: '2999-01-01T00:00:00.000Z',
    } as object;
    writeFileSync(join(reports, 'later.json'), JSON.stringify(later));
    const shown = await Promise.all(['watch', 'report'].map((command) => pxm(command, 'pve01', ...config())));
    expect(shown.map(({ exitCode }) => exitCode)).toEqual([1, 1]);

    rmSync(reports, { recursive: true });
    expect((await pxm('report', 'pve01', ...config())).exitCode).toBe(1);
  });

  it('says that there is no such operation, with exit 2', async () => {
    const runs = ['watch', 'report', 'pause'].map((command) => pxm(command, 'pve03', ...config()));
    for (const { exitCode, stderr } of await Promise.all(runs)) {
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`find the operation evacuate-node/${stage.cluster}/pve03`);
    }
  });

  it('says that nobody knows what a cluster of machines is, instead of calling its machines missing', async () => {
    await stage.stopWorker();
    const { client, connection } = await testClient();
    const handle = await client.workflow.start('vmCluster', {
      workflowId: clusterWorkflowId(stage.cluster, 'lab'),
      taskQueue: taskQueueOf(stage.cluster),
      args: [{ cluster: stage.cluster, profile: 'lab' }],
    });
    try {
      const { exitCode, stdout, stderr } = await pxm('cluster', 'status', 'lab', ...config());
      expect(stderr).toContain('look at the cluster lab');
      expect(stderr).toContain('no worker answered within 5 s');
      expect(stderr).toContain('pxm up (one machine) or pxm worker');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    } finally {
      await handle.terminate();
      await connection.close();
    }
  });

  it('says that nothing is leased before the first operation leased anything', async () => {
    const { exitCode, stdout } = await pxm('ledger', ...config());
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Nothing is leased in cluster ${stage.cluster}.`);
  });
});
