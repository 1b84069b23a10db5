import { createLedgerClient, type LedgerClient } from '../../src/activities/ledger/client';
import type { LedgerView } from '../../src/domain/lease';
import { ledgerMessages, ledgerWorkflowId, taskQueueOf, workflowTypes } from '../../src/domain/names';
import { pxm } from '../client/support/cli';
import { temporalServer, uniqueName } from '../support/temporal';
import { sharedGuest, smallCluster } from './support/scenario';
import { setStage, type Stage } from './support/stage';
import { waitUntil } from '../support/waitUntil';

const gibibyte = 1024 ** 3;

function guestOn(node: string, vmid: number, memoryMebibytes: number) {
  return sharedGuest(vmid, {
    node,
    config: { memory: memoryMebibytes, cores: 1, scsi0: `nfs:${vmid}/vm-${vmid}-disk-0.qcow2,size=4G` },
  });
}

describe('two evacuations at once', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage({
      scenario: smallCluster('9', [guestOn('pve01', 101, 24_576), guestOn('pve02', 201, 24_576)], {
        nodes: ['pve01', 'pve02', 'pve03', 'pve04'].map((name) => ({ name, memory: 40 * gibibyte })),
      }),
    });
  });
  afterEach(() => stage.close());

  function leases(): Promise<LedgerView> {
    return stage.temporal.client.workflow
      .getHandle(ledgerWorkflowId(stage.cluster))
      .query<LedgerView>('leases');
  }

  test('never move guests to the node that the other empties, and never overfill a target', async () => {
    const first = await stage.evacuate({ node: 'pve01' });
    const second = await stage.evacuate({ node: 'pve02' });
    const plans = [await first.plan(), await second.plan()];
    const targets = plans.flatMap((plan) => plan.moves.map((move) => move.target));
    // Neither pve01 nor pve02 is a target, and no target has room for both guests.
    expect(targets.toSorted()).toEqual(['pve03', 'pve04']);
    await Promise.all([first.approve(plans[0] ?? fail()), second.approve(plans[1] ?? fail())]);
    expect(await first.report()).toMatchObject({ outcome: 'done' });
    expect(await second.report()).toMatchObject({ outcome: 'done' });
  });

  test('of the same node are refused, whatever their workflow ID, with a pointer to the first', async () => {
    const first = await stage.evacuate({ node: 'pve01' });
    await first.plan();
    const other = await stage.evacuate({ node: 'pve01' }, uniqueName('by-hand'));
    const report = await other.report();
    expect(report).toMatchObject({ outcome: 'refused', problem: { code: 'LeaseRefused' } });
    expect(report.problem?.failed).toContain(first.handle.workflowId);
    await first.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    await first.report();
  });

  test('leases of an operation that was terminated are given to whoever needs them', async () => {
    const first = await stage.evacuate({ node: 'pve01' });
    await first.plan();
    await first.handle.terminate('test');
    const again = await stage.evacuate({ node: 'pve01' });
    await again.approved();
    expect(await again.report()).toMatchObject({ outcome: 'done' });
  });

  test('a message that the ledger can not understand is refused and changes nothing', async () => {
    const evacuation = await stage.evacuate({ node: 'pve01' });
    await evacuation.plan();
    const ledger = stage.temporal.client.workflow.getHandle(ledgerWorkflowId(stage.cluster));
    const names = Object.values(ledgerMessages).filter((name) => name !== 'leases');
    for (const name of names) {
      await expect(ledger.executeUpdate(name, { args: [{}] })).rejects.toThrow('Update failed');
    }
    expect(await leases()).toMatchObject({ nodes: [{ node: 'pve01' }], memory: [{ vmid: 101 }] });
    await evacuation.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    await evacuation.report();
  });

  test('an operation that has ended holds nothing', async () => {
    const evacuation = await stage.evacuate({ node: 'pve01' });
    await evacuation.plan();
    expect(await leases()).toMatchObject({
      nodes: [{ node: 'pve01' }],
      memory: [{ vmid: 101, memoryBytes: 24 * gibibyte }],
    });
    await evacuation.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    expect(await evacuation.report()).toMatchObject({ outcome: 'rejected' });
    await waitUntil('an empty ledger', async () => {
      const view = await leases();
      return view.nodes.length + view.memory.length === 0 ? true : undefined;
    });
  });
});

describe('what builders lease', () => {
  let stage: Stage;
  let ledger: LedgerClient;
  beforeEach(async () => {
    stage = await setStage({
      scenario: smallCluster('9', [guestOn('pve01', 101, 1024)]),
      config: 'vmid_ranges: { vms: 1000-1003 }',
    });
    ledger = createLedgerClient(stage.temporal.client, stage.cluster);
  });
  afterEach(() => stage.close());

  const holder = { workflowId: 'create-template/lab/debian-13', firstExecutionRunId: 'gone' };

  test('a clone waits for a slot of another one, and gets it as soon as it is given back', async () => {
    // The holder has to live, or its slots are freed.
    const evacuation = await stage.evacuate({ node: 'pve01' });
    await evacuation.plan();
    const { raw } = await evacuation.handle.describe();
    const alive = {
      workflowId: evacuation.handle.workflowId,
      firstExecutionRunId: raw.workflowExecutionInfo?.firstRunId ?? '',
    };
    const slot = { node: 'pve01', storage: 'nfs', kind: 'full' as const };
    for (const purpose of ['1', '2']) await ledger.takeCloneSlot({ ...slot, holder: alive, purpose });
    const third = ledger.takeCloneSlot({ ...slot, holder: alive, purpose: '3' });
    await ledger.giveCloneSlotBack(alive, '1');
    expect(await third).toEqual({ granted: true });
    const { cloneSlots } = await ledger.view();
    expect(cloneSlots.map(({ purpose }) => purpose)).toEqual(['2', '3']);
    await evacuation.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    await evacuation.report();
  });

  test('a number of volumes that no machine has is refused, and the ledger goes on', async () => {
    const wish = {
      node: 'pve01',
      storage: 'nfs',
      kind: 'linked',
      shared: true,
      holder,
      purpose: '1',
    } as const;
    for (const volumes of [0, 1.5, 101, 1e15]) {
      await expect(ledger.takeCloneSlot({ ...wish, volumes })).rejects.toMatchObject({
        cause: { message: expect.stringContaining('the field "volumes"') as string },
      });
    }
    expect(await ledger.takeCloneSlot({ ...wish, volumes: 2 })).toMatchObject({ granted: true });
  });

  test('is freed where the operation has ended, but a deleted VMID stays in quarantine', async () => {
    const first = await ledger.leaseVmid({ holder, purpose: 'build', candidates: [1000] });
    expect(first).toEqual({ granted: true, vmid: 1000 });
    await ledger.quarantineVmid(holder, 1001);
    const other = { workflowId: 'create-template/lab/rocky-9', firstExecutionRunId: 'gone too' };
    const candidates = [1000, 1001];
    expect(await ledger.leaseVmid({ holder: other, purpose: 'build', candidates })).toEqual({
      granted: true,
      vmid: 1000,
    });
    const refused = await ledger.leaseVmid({ holder: other, purpose: 'test', candidates: [1001] });
    expect(refused).toMatchObject({
      conflicts: [{ text: expect.stringContaining('VMID 1001 had a guest') as string }],
    });
  });

  test('is leased too by a ledger that an older version has carried on: it knew nodes and memory only', async () => {
    const workflowId = ledgerWorkflowId(stage.cluster);
    const carried = { nodes: [], memory: [] };
    await stage.temporal.client.workflow.start(workflowTypes.ledger, {
      ...{ workflowId, taskQueue: taskQueueOf(stage.cluster) },
      args: [{ cluster: stage.cluster }, carried],
    });
    const leased = await ledger.leaseVmid({ holder, purpose: 'build', candidates: [1000] });
    expect(leased).toEqual({ granted: true, vmid: 1000 });
    expect((await ledger.view()).vmids).toHaveLength(1);
  });

  test('is known to pxm next-vmid', async () => {
    await ledger.leaseVmid({ holder, purpose: 'build', candidates: [1000] });
    await ledger.quarantineVmid(holder, 1001);
    process.env['TEMPORAL_ADDRESS'] = (await temporalServer()).address;
    const { stdout, stderr } = await pxm('next-vmid', '--range', 'vms', '--config', stage.configFile);
    expect(stdout).toBe('1002\n');
    expect(stderr).toContain(`1000 is leased to ${holder.workflowId}.`);
    expect(stderr).toContain(`1001 had a guest that ${holder.workflowId} deleted`);
    const shown = await pxm('ledger', '--config', stage.configFile);
    expect(shown.stdout).toContain('1000');
  });
});

function fail(): never {
  throw new Error('there is no plan');
}
