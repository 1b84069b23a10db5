import { statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { readMembers, saveEtcd } from '../../../src/activities/talos/clusters';
import { lookForFormerMembers, removeFormerMember } from '../../../src/activities/talos/formerMembers';
import { lookForMachineReset } from '../../../src/activities/talos/leaving';
import { awaitMachine } from '../../../src/activities/talos/machines';
import { membersOf, votesWithout } from '../../../src/planning/rules/etcdMembers';
import { useCleanUp } from '../../proxmox/support';
import { leavingQuestion, talosStage, withinMs } from './stage';

const clean = useCleanUp();
const minuteMs = 60_000;

test('a member of etcd counts by the word of its machine, and has left once Proxmox says that it is off and etcd does not have it; what goes on is watched', async () => {
  // A reset ends when it is told to.
  const { dependencies, attempt, control, running } = await talosStage(clean, {
    timings: { reset: 60 * minuteMs },
  });
  const { files, on, controls, workers } = await running(3, 1);
  const [, second = on, third = on] = controls;
  const [worker = on] = workers;
  const others = [third, on];
  const idOf = (uuid: string) => control.cluster().etcdMembers.find((it) => it.uuid === uuid)?.id ?? '';
  const own = idOf(second.uuid);
  control.change(({ clusters: [cluster] }) => {
    cluster?.etcdMembers.push({ id: 'dead', uuid: 'gone', hostname: second.name });
  });
  // A dead one of the same name does not count.
  const withDead = await readMembers(dependencies, attempt, { files, others, machine: second });
  expect(membersOf(withDead, second)).toEqual({ own, unclaimed: ['dead'] });
  expect(votesWithout(withDead, [own])).toEqual({ votes: 3, alive: 2, needed: 2 });

  const identity = leavingQuestion(files, second);
  const former = { files, others, machine: second, name: second.name, identity };
  expect(await lookForFormerMembers(dependencies, attempt, former)).toEqual(['dead']);
  const removed = (id: string) => removeFormerMember(dependencies, attempt, { files, others, id });
  await expect(removed(idOf(third.uuid))).rejects.toMatchObject({
    problem: { failed: 'its machine runs' },
  });
  await removed('dead');
  await removed('dead');
  expect(control.cluster().etcdMembers).toHaveLength(3);

  // Who does not answer with its own uuid is neither asked for the list nor counted.
  control.powerOff(third.uuid);
  const stranger = 'cccccccc-0000-4000-8000-000000000001';
  control.powerOn(stranger, third.address);
  const seen = await readMembers(dependencies, attempt, { files, others, machine: second });
  expect(votesWithout(seen, [own])).toEqual({ votes: 2, alive: 1, needed: 2 });
  const saved = await saveEtcd(dependencies, attempt, {
    files,
    on: third,
    orOn: [on],
    name: 'by-the-next',
  });
  expect(statSync(saved.path).mode & 0o777).toBe(0o600);
  control.remove(stranger);

  const look = (machine: typeof on, others?: typeof controls, patienceMs = 0) =>
    lookForMachineReset(dependencies, attempt, {
      ...leavingQuestion(files, machine, others),
      withinMs: patienceMs,
    });
  // Who does not answer is passed over.
  expect(await look(third, [third, on])).toMatchObject({ how: 'stillMember' });
  control.powerOn(third.uuid, third.address);
  await awaitMachine(dependencies, attempt, { files, machine: third, goal: 'running', withinMs });
  expect(await look(second, [on])).toMatchObject({ how: 'stays' });

  // Nobody waits for the tool: the machine goes on by itself.
  const target = ['-n', second.address, '-e', second.address];
  const talosconfig = join(files.folder, 'talosconfig');
  await execa('talosctl', ['reset', '--wait=false', ...target, '--talosconfig', talosconfig]);
  expect(await look(second, [on])).toEqual({ how: 'leaves', because: 'it is resetting' });
  const left = look(second, [on], minuteMs);
  control.change(({ machines }) => {
    for (const machine of machines) if (machine.uuid === second.uuid) machine.phaseEndsAt = 0;
  });
  expect(await left).toEqual({
    ...{ how: 'left', because: 'it is off, and etcd does not have it as a member' },
  });
  control.powerOff(on.uuid);
  expect(await look(second, [third])).toMatchObject({ how: 'unknown' });
  control.powerOff(worker.uuid);
  expect(await look(worker)).toEqual({ how: 'left', because: 'it is off' });
});
