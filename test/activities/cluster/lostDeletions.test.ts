import { powerOfMember } from '../../../src/activities/cluster/steps/power';
import { deleteMember } from '../../../src/activities/cluster/steps/remove';
import { useCleanUp } from '../../proxmox/support';
import { machine as foreign } from '../inspection/lab';
import { attempt } from '../template/stepStage';
import { changesSince, clusterStage, endOf, memberMade, removalOf, upidsOf } from './stage';

const clean = useCleanUp();
const stage = () => clusterStage(clean);

test('a DELETE whose answer was lost is found by its task, never sent again', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  const path = '/nodes/pve01/qemu/1000';
  it.simulator.control.faultRequest({ method: 'DELETE', path }, { moment: 'before answering', then: 'drop' });
  const begun = await it.removing.remove({ ...input, isFirst: true });
  if (begun.kind !== 'done') expect(await endOf(it, begun)).toBe('OK');
  const settledTasks = upidsOf(begun);
  expect(await it.removing.look({ ...input, settledTasks })).toEqual({ kind: 'done' });
  expect(it.simulator.control.requests().filter(({ method }) => method === 'DELETE')).toHaveLength(1);
});

test('a DELETE whose answer is lost together with its node is a question, not sent again by itself', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  const { control } = it.simulator;
  const path = '/nodes/pve01/qemu/1000';
  const hold = control.holdRequest({ method: 'DELETE', path }, 'before handling');
  const removed = it.removing.remove({ ...input, isFirst: true });
  await hold.arrived;
  for (const unseen of ['/nodes/pve01/tasks', `${path}/config`]) {
    control.faultRequest(
      { method: 'GET', path: unseen, times: 100 },
      { moment: 'before handling', then: 'drop' },
    );
  }
  hold.release('drop');
  await expect(removed).rejects.toMatchObject({ code: 'OutcomeUnknown' });
  expect(control.requests().filter(({ method }) => method === 'DELETE')).toHaveLength(1);
});

test('a machine that is started between the looks at it is not touched', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  const { control } = it.simulator;
  const ledger = {
    quarantineVmid() {
      control.setGuest(1000, { status: 'running' });
      return Promise.resolve();
    },
  };
  const since = control.requests().length;
  await expect(deleteMember(it.client, ledger, attempt, input)).rejects.toMatchObject({
    code: 'PlanDrifted',
  });
  expect(changesSince(it, since)).toEqual([]);
});

test('what has the VMID without a uuid does not prove a deletion', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  it.simulator.control.setGuest(1000, { config: { smbios1: 'manufacturer=QURB' } });
  expect(await it.removing.look(input)).toEqual({ kind: 'nothing' });
});

test('after a deletion whatever has the VMID at once is another machine: the member is gone', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  const begun = await it.removing.remove(input);
  await endOf(it, begun);
  it.simulator.control.addGuest({ ...foreign(1000), name: 'k3s-server-1', node: 'pve03' });
  expect(await it.removing.look({ ...input, settledTasks: upidsOf(begun) })).toEqual({ kind: 'done' });
});

test('a machine that its own node does not have, and the cluster lists there, is not taken for gone', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  const { control } = it.simulator;
  const reason = "Configuration file 'nodes/pve01/qemu-server/1000.conf' does not exist";
  control.faultRequest(
    { method: 'GET', path: '/nodes/pve01/qemu/1000/config', times: 100 },
    { moment: 'before handling', then: { status: 500, reason } },
  );
  const since = control.requests().length;
  const { shutDown, stop, aside, remove, protect } = it.removing;
  for (const step of [shutDown, stop, aside, remove, protect]) {
    for (const more of [{ isFirst: true as const }, {}]) {
      await expect(step({ ...input, ...more })).rejects.toMatchObject({
        code: 'PlanDrifted',
        message: expect.stringContaining("the cluster's list of guests has it on pve01") as string,
      });
    }
  }
  expect(changesSince(it, since)).toEqual([]);
});

test('a machine that is on no node is gone also where its own one is silent, if the cluster has quorum', async () => {
  const it = await stage();
  const member = await memberMade(it);
  const input = removalOf(it, member);
  const first = { ...input, isFirst: true as const };
  const { control } = it.simulator;
  const { shutDown, stop, aside, remove, look } = it.removing;
  const power = () => powerOfMember(it.client, attempt, { member, cluster: input.frame });
  const unanswered = async () => {
    for (const asked of [
      () => shutDown(first),
      () => aside(input),
      () => remove(first),
      () => look(input),
      power,
    ]) {
      await expect(asked()).rejects.toMatchObject({ code: 'NodeUnreachable' });
    }
  };
  control.faultRequest(
    { method: 'GET', path: '/nodes/pve01/**', times: 1_000 },
    { moment: 'before handling', then: { status: 595, reason: 'No route to host' } },
  );
  await unanswered();
  control.removeGuest(1000);
  control.loseQuorum();
  await unanswered();
  control.restoreQuorum();
  for (const step of [shutDown, stop, remove]) {
    expect(await step(first)).toEqual({ kind: 'done', isAbsent: true });
    expect(await step(input)).toEqual({ kind: 'done' });
  }
  expect(await aside(input)).toEqual({ isAbsent: true });
  expect(await look(input)).toEqual({ kind: 'done' });
  expect(await power()).toBe('gone');
});
