import type { SFTPWrapper } from 'ssh2';
import { startSimulator, type Simulator } from '../../../simulator/index';
import { connectRoot, type RootConnection } from './client';

describe('files over SFTP', () => {
  let simulator: Simulator;
  let root: RootConnection;
  let sftp: SFTPWrapper;

  beforeAll(async () => {
    simulator = await startSimulator({ scenario: { file: 'three-nodes' }, speed: 50 });
    root = await connectRoot(simulator, 'pve01');
    sftp = await root.sftp();
  });
  afterAll(async () => {
    root.close();
    await simulator.close();
  });

  const settled = (ask: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => ask((error) => (error == null ? resolve() : reject(error))));
  const write = (path: string, content: string, mode = 0o600): Promise<void> =>
    settled((done) => sftp.writeFile(path, content, { mode }, done));
  const read = (path: string): string => simulator.control.files('pve01').read(path).toString();

  test('are written, changed and removed', async () => {
    await write('/root/one', 'one');
    expect(read('/root/one')).toBe('one');
    await settled((done) => sftp.chmod('/root/one', 0o640, done));
    await settled((done) => sftp.chown('/root/one', 0, 33, done));
    expect(simulator.control.files('pve01').stat('/root/one')).toMatchObject({ mode: 0o640, group: 33 });
    await settled((done) => sftp.unlink('/root/one', done));
    expect(simulator.control.files('pve01').exists('/root/one')).toBe(false);
  });

  test('replace others only by the renaming of OpenSSH', async () => {
    await write('/root/old', 'old');
    await write('/root/new', 'new');
    await expect(settled((done) => sftp.rename('/root/new', '/root/old', done))).rejects.toThrow();
    await settled((done) => sftp.ext_openssh_rename('/root/new', '/root/old', done));
    expect(read('/root/old')).toBe('new');
  });

  test('that are not there, or that nobody may write, are refused with what SFTP has for that', async () => {
    await expect(settled((done) => sftp.unlink('/root/nothing', done))).rejects.toMatchObject({ code: 2 });
    simulator.control.loseQuorum();
    await expect(write('/etc/pve/mine', 'x')).rejects.toMatchObject({ code: 3 });
    simulator.control.restoreQuorum();
  });

  test('are listed and read whole', async () => {
    await settled((done) => sftp.mkdir('/root/many', done));
    await write('/root/many/a', 'a'.repeat(100_000));
    const names = await new Promise((resolve) =>
      sftp.readdir('/root/many', (_, list) => resolve(list.map(({ filename }) => filename))),
    );
    expect(names).toEqual(['a']);
    const content = await new Promise((resolve) =>
      sftp.readFile('/root/many/a', (_: Error | undefined, data: Buffer) => resolve(data.length)),
    );
    expect(content).toBe(100_000);
  });

  test('can be cut between writing and renaming', async () => {
    await write('/root/tmp', 'whole');
    simulator.control.faultCommand(
      { kind: 'sftp', argv: ['posix-rename'] },
      { moment: 'before handling', then: 'drop' },
    );
    await expect(
      settled((done) => sftp.ext_openssh_rename('/root/tmp', '/root/final', done)),
    ).rejects.toThrow();
    expect(simulator.control.files('pve01').exists('/root/final')).toBe(false);
    expect(read('/root/tmp')).toBe('whole');
  });
});
