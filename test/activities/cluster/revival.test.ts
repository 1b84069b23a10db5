import type { MachineReadiness } from '../../../src/domain/cluster/plan';
import { useCleanUp } from '../../proxmox/support';
import { frame, plannedMachine, templateCopy } from './given';
import { clusterStage, endOf, memberMade, removalOf } from './stage';

const clean = useCleanUp();

test('a machine that comes back is ready again once it answers at its own address; one that is silent, or off, is not', async () => {
  const it = await clusterStage(clean);
  const address = { address: '192.0.2.11', prefixLength: 24 };
  const member = await memberMade(it, plannedMachine({ address }));
  await it.removing.aside(removalOf(it, member));
  const back = removalOf(it, { ...member, name: 'k3s-server-1-aside', state: 'aside' });
  await it.removing.revive(back);
  await endOf(it, await it.removing.startAgain(back));
  const ready = (readiness: MachineReadiness, readyWithinMs = 3_000) =>
    it.removing.readyAgain({
      ...{ ...back, frame: frame({ action: 'undo', readyWithinMs }) },
      removal: { ...back.removal, readiness },
    });
  expect(await ready('agent')).toMatchObject({ ready: true, address: '192.0.2.11' });
  const { control } = it.simulator;
  control.setBoot({ agent: false });
  const { ready: isReady, seen } = await ready('agent', 200);
  expect({ isReady, seen }).toEqual({
    isReady: false,
    seen: expect.arrayContaining(['it runs']) as string[],
  });
  expect(await ready('running')).toMatchObject({ ready: true, seen: ['it runs and goes on running'] });
  control.setGuest(1000, { status: 'stopped' });
  expect(await ready('running')).toMatchObject({ ready: false, isFinal: true, seen: ['it is stopped'] });
});

test('clones of type plain come back though all of them keep a static address of their template, which none has', async () => {
  const config = { ipconfig1: 'ip=192.0.2.7/24' };
  const it = await clusterStage(clean, { guests: [templateCopy(900, 'pve01', {}, config)] });
  const plain = frame({ action: 'undo', type: 'plain' });
  const frames = [{ ...plain, profileSha256: 'd'.repeat(64) }, plain];
  const going = [];
  for (const [index, known] of frames.entries()) {
    const [ordinal, nameThen] = [index + 1, `k3s-server-${index + 1}`];
    const made = await memberMade(it, plannedMachine({ name: nameThen, ordinal, vmid: 1000 + index }));
    const input = removalOf(it, { ...made, generation: 1 });
    const removal = { ...input.removal, nameThen, readiness: 'agent' as const };
    going.push({ ...input, removal, frame: known });
  }
  const address = expect.stringMatching(/^10\.77\./) as string;
  for (const input of going) {
    expect(await endOf(it, await it.removing.startAgain(input))).toBe('OK');
    expect(await it.removing.readyAgain(input)).toMatchObject({ ready: true, address });
  }
});
