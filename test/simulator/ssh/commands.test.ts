import { startSimulator, type Simulator } from '../../../simulator/index';
import { connectRoot, type RootConnection, untilRunning } from './client';

describe('commands over SSH', () => {
  let simulator: Simulator;
  let root: RootConnection;

  beforeAll(async () => {
    simulator = await startSimulator({ scenario: { file: 'three-nodes' }, speed: 50 });
    root = await connectRoot(simulator, 'pve01');
  });
  afterAll(async () => {
    root.close();
    await simulator.close();
  });

  async function output(line: string, stdin?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await root.run(line, stdin);
    expect({ line, stderr, exitCode }).toEqual({ line, stderr: '', exitCode: 0 });
    return stdout.toString();
  }

  test('present the host key that the simulator names', () => {
    expect(`SHA256:${root.hostKeyHash}`).toBe(simulator.nodes[0]?.ssh.fingerprintSha256);
  });

  test('say which node they run on', async () => {
    expect(await output('hostname')).toBe('pve01\n');
  });

  test('make a user, a role, its entry and a token that the API takes on every node', async () => {
    await output('pveum user add boot@pve --comment made');
    await output("pveum role add Boot --privs 'VM.Audit Sys.Audit'");
    await output('pveum acl modify / --users boot@pve --roles Boot');
    const made: unknown = JSON.parse(
      await output('pveum user token add boot@pve t1 --privsep 0 --output-format json'),
    );
    expect(made).toMatchObject({ 'full-tokenid': 'boot@pve!t1', info: { privsep: '0' } });
    const { secret } = simulator.control.cluster.access.users.get('boot@pve')?.tokens.get('t1') ?? {};
    expect(made).toMatchObject({ value: secret });
    expect(await output('pvesh get /access/users/boot@pve --output-format json')).toContain(
      '"comment":"made"',
    );
  });

  test('show what a changed password or privilege is refused with, and the usage', async () => {
    const { exitCode, stderr } = await root.run("pveum role add Bad --privs 'VM.Nothing'");
    expect(exitCode).toBe(255);
    expect(stderr).toBe(
      "400 Parameter verification failed.\nprivs: invalid format - invalid privilege 'VM.Nothing'\n\npveum role add <roleid> [OPTIONS]\n",
    );
  });

  test('warn of entries whose role is gone until user.cfg is written again', async () => {
    await output('pveum role add Gone --privs VM.Audit');
    await output('pveum user add gone@pve');
    await output('pveum acl modify /vms --users gone@pve --roles Gone');
    await output('pveum role delete Gone');
    const listed = await root.run('pveum acl list --output-format json');
    expect(listed.stderr).toBe("user config - ignore invalid acl role 'Gone'\n");
    expect(listed.stdout.toString()).not.toContain('Gone');
    await root.run('pveum user delete gone@pve');
    expect((await root.run('pveum acl list')).stderr).toBe('');
  });

  test('write, read, sum and move files with the mode that umask leaves', async () => {
    await output('umask 077 && cat > /root/a', 'content');
    expect(await output('stat -c "%a %s" /root/a')).toBe('600 7\n');
    expect(await output('sha256sum /root/a')).toBe(
      'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73  /root/a\n',
    );
    await output("mv -f -T /root/a '/root/b c'");
    expect(await output("cat '/root/b c' | wc -c")).toBe('7\n');
    expect((await root.run('cat /root/a')).stderr).toBe('cat: /root/a: No such file or directory\n');
  });

  test('give binary output and a megabyte of it as it is', async () => {
    const bytes = Buffer.from(Array.from({ length: 1024 * 1024 }, (_, index) => (index * 7) % 256));
    simulator.control.files('pve01').write('/root/large', bytes, 0o600);
    expect((await root.run('cat /root/large')).stdout.equals(bytes)).toBe(true);
  });

  test('see one /etc/pve on all nodes, which nobody can write without quorum', async () => {
    const other = await connectRoot(simulator, 'pve02');
    await root.run('cat > /etc/pve/note', 'here');
    expect((await other.run('cat /etc/pve/note')).stdout.toString()).toBe('here');
    expect((await other.run('cat /etc/pve/local/pve-ssl.pem')).stdout.toString()).toBe(
      simulator.control.cluster.nodes.get('pve02')?.certificatePem,
    );
    simulator.control.loseQuorum();
    const { exitCode, stderr } = await other.run('cat > /etc/pve/note', 'there');
    simulator.control.restoreQuorum();
    other.close();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'bash: line 1: /etc/pve/note: Permission denied\n',
    });
  });

  test('list a snippet that was written as a volume of its storage', () => {
    simulator.control
      .files('pve01')
      .write('/var/lib/vz/snippets/user.yaml', Buffer.from('#cloud-config\n'), 0o644);
    const volumes = simulator.control.cluster.volumes.all().map(({ volid }) => volid);
    expect(volumes.includes('local:snippets/user.yaml')).toBe(
      simulator.control.cluster.storages.get('local')?.content.includes('snippets'),
    );
  });

  test('end by the signal that they are sent', async () => {
    const { signal, ended } = await root.start('sleep infinity');
    await untilRunning(simulator, 'sleep infinity');
    signal('TERM');
    expect((await ended).signal).toMatch(/TERM$/);
  });

  test('of another name than any program are not found', async () => {
    expect(await root.run('no-such-program')).toMatchObject({
      exitCode: 127,
      stderr: 'bash: line 1: no-such-program: command not found\n',
    });
  });

  test('are all recorded with their words, who sent them and how they ended', async () => {
    await root.run("echo 'two words' three");
    expect(simulator.control.commands().at(-1)).toMatchObject({
      node: 'pve01',
      user: 'root',
      client: simulator.rootSshKey.fingerprintSha256,
      kind: 'exec',
      argv: ['echo', 'two words', 'three'],
      exitCode: 0,
      outcome: 'answered',
    });
  });
});
