import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { contentsOf } from '../canary/contents';
import { pxm, pxmJson, startPxm } from '../client/support/cli';
import { temporalServer } from '../support/temporal';
import { condition } from '../support/temporalCondition';
import { waitUntil } from '../support/waitUntil';
import { proxmoxVersions, sharedGuest, smallCluster } from './support/scenario';
import { onStage, type Stage, type StageOptions } from './support/stage';

/** Temporal refuses payloads above this. */
const payloadBytesAtMost = 2 * 1024 ** 2;

const statusDocument = z.object({
  operations: z.object({
    known: z.literal(true),
    operations: z.array(z.object({ workflowId: z.string(), waitingFor: z.string() })),
  }),
});

/** Plays with a CLI whose configuration names the stage's cluster, but whose process has no token. */
async function onStageWithoutToken(
  options: StageOptions,
  play: (stage: Stage, config: readonly string[]) => Promise<void>,
): Promise<void> {
  await onStage(options, async (stage) => {
    const { address } = await temporalServer();
    process.env['TEMPORAL_ADDRESS'] = address;
    const file = join(dirname(stage.configFile), 'without-token.yaml');
    writeFileSync(file, readFileSync(stage.configFile, 'utf8').replace('file: token', 'file: not-here'));
    await play(stage, ['--config', file]);
  });
}

/** The histories of all readings of the stage's cluster that Temporal's list has by now. */
async function readings({ temporal, cluster }: Stage) {
  const query = `WorkflowType = 'readCluster' AND WorkflowId STARTS_WITH 'read-cluster/${cluster}/'`;
  const found = [];
  for await (const { workflowId } of temporal.client.workflow.list({ query })) {
    const handle = temporal.client.workflow.getHandle(workflowId);
    // The list is behind what happens; a description is not.
    const { status } = await handle.describe();
    found.push({ status: status.name, history: await handle.fetchHistory() });
  }
  return found;
}

/** The state of the stage's only reading, once Temporal's list has it. */
function stateOfOnlyReading(stage: Stage): Promise<string> {
  return waitUntil('the reading in the list of workflows', async () => {
    const found = await readings(stage);
    expect(found.length).toBeLessThan(2);
    return found[0]?.status;
  });
}

describe.each(proxmoxVersions)('a CLI without the token, on a cluster of Proxmox VE %s', (version) => {
  it('reads through a worker, by a short workflow that leaves no secret and opens no operation', async () => {
    const scenario = smallCluster(version, [sharedGuest(101), sharedGuest(102, { node: 'pve02' })]);
    await onStageWithoutToken({ scenario }, async (stage, config) => {
      const guests = await pxmJson('guests', '--node', 'pve02', ...config);
      expect(guests.exitCode).toBe(0);
      expect(guests.document).toMatchObject({
        cluster: stage.cluster,
        via: 'worker',
        guests: [{ vmid: 102, status: 'running' }],
      });
      const status = await pxm('status', ...config);
      expect(status.stdout).toContain('Quorum: yes, 3 of 3 nodes online');
      expect(status.stdout).toContain('No operation is open.');

      const unknown = await pxm('nodes', '--node', 'pve9', ...config);
      expect(unknown.exitCode).toBe(2);
      expect(unknown.stderr).toContain("the cluster has no node 'pve9'");
      const missing = await pxm('guests', 'nobody', ...config);
      expect(missing.exitCode).toBe(2);

      // What was asked last stands there, so what is not found is not there.
      const histories = await waitUntil('the last reading in the list of workflows', async () => {
        const found = await stageReadings(stage);
        return found.join('').includes('nobody') ? found : undefined;
      });
      expect(histories.length).toBeGreaterThan(2);
      const secret = stage.simulator.token?.secret ?? '';
      expect(secret).not.toBe('');
      expect(histories.join('')).not.toContain(secret);
    });
  });
});

/** Each history as text, payloads decoded. */
async function stageReadings(stage: Stage): Promise<string[]> {
  return (await readings(stage)).map(({ history }) => contentsOf(history).toString('utf8'));
}

describe('reading through a worker', () => {
  it('carries 10,000 guests in a payload that Temporal takes, and the CLI shows every one', async () => {
    const generate = [
      {
        ...{
          count: 10_000,
          first_vmid: 1_000,
          nodes: ['pve01', 'pve02', 'pve03'],
          name: 'customer-{n}-{vmid}',
        },
        ...{ status: 'running' as const, config: { memory: 2048, tags: 'production;web' } },
      },
    ];
    const scenario = smallCluster('9', [], { generate });
    await onStageWithoutToken({ scenario, speed: 1 }, async (stage, config) => {
      const { document, exitCode } = await pxmJson('guests', ...config);
      expect(exitCode).toBe(0);
      const { guests } = document as { guests: { vmid: number; name: string }[] };
      expect(guests).toHaveLength(10_000);
      expect(guests[9_999]).toMatchObject({ vmid: 10_999, name: 'customer-10000-10999', status: 'running' });

      expect(await stateOfOnlyReading(stage)).toBe('COMPLETED');
      const payloads = (await readings(stage)).flatMap(({ history }) =>
        (history.events ?? []).flatMap((event) => [
          ...(event.activityTaskCompletedEventAttributes?.result?.payloads ?? []),
          ...(event.workflowExecutionCompletedEventAttributes?.result?.payloads ?? []),
        ]),
      );
      expect(payloads).toHaveLength(2);
      for (const { data } of payloads) expect(data?.length).toBeLessThan(payloadBytesAtMost / 2);
    });
  });

  it('says after 5 s that no worker takes it, and leaves no workflow behind', async () => {
    await onStageWithoutToken({ scenario: smallCluster('9') }, async (stage, config) => {
      await stage.stopWorkers();
      const { exitCode, stderr } = await pxm('nodes', ...config);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('no worker took it within 5 s');
      expect(stderr).toContain('This process could not read the cluster itself');
      expect(await stateOfOnlyReading(stage)).toBe('TERMINATED');
    });
  });

  it('ends its workflow when it is interrupted', async () => {
    await onStageWithoutToken({ scenario: smallCluster('9') }, async (stage, config) => {
      const hold = stage.simulator.control.holdRequest({ path: '/cluster/status' }, 'before handling');
      const run = startPxm(['nodes', ...config]);
      await hold.arrived;
      run.interrupt();
      expect(await run.ended).toBe(130);
      hold.release();
      expect(await stateOfOnlyReading(stage)).toBe('TERMINATED');
    });
  });

  it('refuses a request that it does not understand, at once', async () => {
    await onStage({ scenario: smallCluster('9') }, async ({ temporal, cluster }) => {
      const started = temporal.client.workflow.execute('readCluster', {
        taskQueue: `proxmox/${cluster}`,
        workflowId: `read-cluster/${cluster}/by-hand`,
        args: [{ view: 'guests', question: { nodes: 'pve01' } }],
      });
      await expect(started).rejects.toMatchObject({
        cause: {
          cause: { type: 'InputInvalid', message: expect.stringContaining('not understood') as string },
        },
      });
    });
  });

  it('shows the open operations of this cluster in pxm status', async () => {
    await onStageWithoutToken({ scenario: smallCluster('9') }, async (stage, config) => {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.plan();
      await condition('Temporal lists the evacuation as waiting', async () => {
        const { document } = await pxmJson('status', ...config);
        const { operations } = statusDocument.parse(document);
        return operations.operations.some(
          ({ workflowId, waitingFor }) =>
            workflowId === `evacuate-node/${stage.cluster}/pve01` && waitingFor === 'approval',
        );
      });
    });
  });
});
