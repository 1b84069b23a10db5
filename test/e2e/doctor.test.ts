import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contentsOf } from '../canary/contents';
import { pxmJson } from '../client/support/cli';
import { taskQueueOf } from '../../src/domain/names';
import { temporalServer } from '../support/temporal';
import { condition } from '../support/temporalCondition';
import { proxmoxVersions, smallCluster } from './support/scenario';
import { onStage } from './support/stage';
import type { Finding } from '../../src/domain/checkup';

describe.each(proxmoxVersions)('pxm doctor without the token, on Proxmox VE %s', (version) => {
  it('has a worker look at the cluster, and leaves no secret in the history', async () => {
    await onStage({ scenario: smallCluster(version), speed: 1 }, async (stage) => {
      const { address } = await temporalServer();
      process.env['TEMPORAL_ADDRESS'] = address;
      const taskQueue = { name: taskQueueOf(stage.cluster) };
      await condition('the worker asks for work', async () => {
        const { connection, namespace } = stage.temporal;
        const { pollers } = await connection.workflowService.describeTaskQueue({ namespace, taskQueue });
        return pollers.length > 0;
      });
      const file = join(dirname(stage.configFile), 'without-token.yaml');
      writeFileSync(file, readFileSync(stage.configFile, 'utf8').replace('file: token', 'file: not-here'));
      const { document } = await pxmJson('doctor', '--config', file);
      const { via, findings } = document as { via: string; findings: Finding[] };
      expect(via).toBe('worker');
      const statusOf = (check: string) =>
        findings.filter((it) => it.check === check).map(({ status }) => status);
      for (const check of ['credentials', 'privileges', 'quorum', 'versions', 'locks', 'worker'])
        expect([check, ...statusOf(check)]).toEqual([check, 'ok']);
      expect(statusOf('token')).toEqual(['ok', 'ok', 'ok']);

      const secret = stage.simulator.token?.secret ?? '';
      expect(JSON.stringify(document)).not.toContain(secret);
      const query = `WorkflowType = 'readCluster' AND WorkflowId STARTS_WITH 'read-cluster/${stage.cluster}/'`;
      for await (const { workflowId } of stage.temporal.client.workflow.list({ query })) {
        const history = await stage.temporal.client.workflow.getHandle(workflowId).fetchHistory();
        const text = contentsOf(history).toString('utf8');
        expect(text).toContain('tokenExpiry');
        expect(text).not.toContain(secret);
      }
    });
  });

  it('says what stands in the way where there is no worker either', async () => {
    await onStage({ scenario: smallCluster(version), speed: 1 }, async (stage) => {
      const { address } = await temporalServer();
      process.env['TEMPORAL_ADDRESS'] = address;
      await stage.stopWorkers();
      const file = join(dirname(stage.configFile), 'without-token.yaml');
      writeFileSync(file, readFileSync(stage.configFile, 'utf8').replace('file: token', 'file: not-here'));
      const { document, exitCode } = await pxmJson('doctor', '--config', file);
      const { via, findings } = document as { via: string; findings: Finding[] };
      expect({ via, exitCode }).toEqual({ via: 'nobody', exitCode: 1 });
      expect(findings.find(({ check }) => check === 'credentials')).toMatchObject({
        status: 'failed',
        what: expect.stringContaining('no worker took it') as string,
      });
    });
  });
});
