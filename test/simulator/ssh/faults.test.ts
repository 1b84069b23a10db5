import { startSimulator, type Simulator } from '../../../simulator/index';
import { makeSshKey } from '../../../simulator/ssh/host-keys';
import { connectRoot } from './client';

describe('faults of SSH', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ scenario: { file: 'three-nodes' }, speed: 50 });
  });
  afterAll(() => simulator.close());

  test('a stranger is not let in', async () => {
    await expect(connectRoot(simulator, 'pve01', makeSshKey('stranger').privateKey)).rejects.toThrow(
      /authentication/,
    );
  });

  test('a connection cut before a command leaves no trace of it', async () => {
    const root = await connectRoot(simulator, 'pve01');
    simulator.control.faultCommand({ argv: ['pveum'] }, { moment: 'before handling', then: 'drop' });
    await expect(root.run('pveum user add before@pve')).rejects.toThrow('cut');
    expect(simulator.control.cluster.access.users.has('before@pve')).toBe(false);
    expect(simulator.control.commands().at(-1)?.outcome).toBe('dropped');
  });

  test('a connection cut after a command leaves its effect', async () => {
    const root = await connectRoot(simulator, 'pve01');
    simulator.control.faultCommand({ line: 'pveum user add*' }, { moment: 'before answering', then: 'drop' });
    await expect(root.run('pveum user add after@pve')).rejects.toThrow('cut');
    expect(simulator.control.cluster.access.users.has('after@pve')).toBe(true);
  });

  test('a held command runs when it is released', async () => {
    const root = await connectRoot(simulator, 'pve01');
    const hold = simulator.control.holdCommand({ argv: ['hostname'] }, 'before handling');
    const running = root.run('hostname');
    expect((await hold.arrived).line).toBe('hostname');
    hold.release();
    expect((await running).stdout.toString()).toBe('pve01\n');
    root.close();
  });

  test('a node without power refuses, and has the same host key when it is back', async () => {
    const before = (await connectRoot(simulator, 'pve03')).hostKeyHash;
    await simulator.control.crashNode('pve03');
    await expect(connectRoot(simulator, 'pve03')).rejects.toThrow(/ECONNREFUSED/);
    await simulator.control.bootNode('pve03');
    const back = await connectRoot(simulator, 'pve03');
    expect(back.hostKeyHash).toBe(before);
    back.close();
  });

  test('a changed host key is presented from then on', async () => {
    const changed = simulator.control.changeHostKey('pve02');
    const root = await connectRoot(simulator, 'pve02');
    expect(`SHA256:${root.hostKeyHash}`).toBe(changed);
    root.close();
  });

  test('more sessions than sshd allows are refused', async () => {
    const root = await connectRoot(simulator, 'pve01');
    const open = await Promise.all(Array.from({ length: 10 }, () => root.start('sleep infinity')));
    await expect(root.run('true')).rejects.toThrow(/open/i);
    for (const { signal } of open) signal('KILL');
    await Promise.all(open.map(({ ended }) => ended));
    expect((await root.run('true')).exitCode).toBe(0);
    root.close();
  });

  test('SFTP that is off is refused, and commands still run', async () => {
    const root = await connectRoot(simulator, 'pve01');
    simulator.control.setSftp('pve01', false);
    await expect(root.sftp()).rejects.toThrow();
    expect((await root.run('true')).exitCode).toBe(0);
    simulator.control.setSftp('pve01', true);
    root.close();
  });
});
