import { readFileSync, writeFileSync } from 'node:fs';
import { localGuest, proxmoxVersions, sharedGuest, smallCluster } from '../e2e/support/scenario';
import { openReadingLab, type ReadingLab } from './support/readingLab';

describe.each(proxmoxVersions)('looking at a cluster of Proxmox VE %s that is not whole', (version) => {
  let lab: ReadingLab;
  const control = () => lab.simulator.control;

  beforeEach(async () => {
    lab = await openReadingLab(
      smallCluster(
        version,
        [sharedGuest(101), sharedGuest(102, { node: 'pve03' }), localGuest(103, { node: 'pve03' })],
        {
          ha: { resources: [{ sid: 'vm:102' }] },
          tasks: [
            {
              upid: 'UPID:pve03:00001000:00002000:6B037000:qmstart:102:root@pam:',
              endtime: 0x6b037001,
              exitstatus: 'OK',
            },
          ],
        },
      ),
      { more: 'vmid_ranges: { vms: 100-110 }' },
    );
  });
  afterEach(() => lab.close());

  /** Until the other nodes have given it up, and long before its last broadcast expires: from then on time is real. */
  async function loseNode(): Promise<void> {
    await control().crashNode('pve03');
    await control().advance(30);
    control().setSpeed(1);
  }

  it("names the dead node, knows its guests only as unknown, and exits 1, while the cluster's own list says running", async () => {
    await loseNode();
    expect(control().cluster.broadcasts.guest(102)).toMatchObject({ status: 'running' });

    const guests = await lab.json('guests');
    expect(guests.exitCode).toBe(1);
    expect(guests.document).toMatchObject({
      guests: [
        { vmid: 101, status: 'running', memoryUsedBytes: expect.any(Number) as number },
        { vmid: 102, name: 'app-102', node: 'pve03', status: 'unknown', haState: 'started' },
        { vmid: 103, name: 'db-103', node: 'pve03', status: 'unknown' },
      ],
      unanswered: [{ node: 'pve03', problem: { code: 'NodeUnreachable' } }],
      exitCode: 1,
    });

    const status = await lab.pxm('status');
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toContain('Quorum: yes, 2 of 3 nodes online');
    expect(status.stdout).toContain('Guests: 3: 2 unknown, 1 running');
    expect(status.stdout).toMatch(/^pve03 +offline/m);
    expect(status.stdout).toMatch(/^local-lvm .*unknown on pve03/m);
    expect(status.stderr).toContain('No answer from pve03: the other nodes count it as offline');
  });

  it('leaves the dead node out of answers that are not about it', async () => {
    await loseNode();
    const { exitCode, document } = await lab.json('guests', '--node', 'pve01');
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ guests: [{ vmid: 101 }], unanswered: [] });
    const nobody = await lab.pxm('guests', 'nobody');
    expect(nobody.exitCode).toBe(2);
    expect(nobody.stderr).toContain('as far as is known: no answer from pve03');
    const unknown = await lab.json('guests', '--status', 'unknown');
    expect(unknown.document).toMatchObject({ guests: [{ vmid: 102 }, { vmid: 103 }] });
  });

  it('knows of a dead node what tasks had ended, and not whether the others still run', async () => {
    const { cluster } = control();
    cluster.tasks.start({
      ...{ node: 'pve03', type: 'qmigrate', id: '103', authId: 'root@pam' },
      run: () => cluster.clock.sleep(100_000),
    });
    expect((await lab.json('tasks', '--status', 'running')).document).toMatchObject({
      tasks: [{ object: '103', outcome: 'running' }],
    });
    await loseNode();
    const { document, exitCode } = await lab.json('tasks');
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({
      tasks: [
        { node: 'pve03', object: '103', outcome: 'unknown' },
        { node: 'pve03', object: '102', outcome: 'ok' },
      ],
    });
  });

  it('asks another node where the first one is down, and finds a node whose API has stopped', async () => {
    await control().stopService('pve01', 'pveproxy');
    const { document, exitCode } = await lab.json('nodes');
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({
      quorate: true,
      nodes: [
        { node: 'pve01', status: 'unknown', guests: 1 },
        { node: 'pve02', status: 'online' },
        { node: 'pve03', status: 'online', guests: 2 },
      ],
      unanswered: [{ node: 'pve01', problem: { code: 'NodeUnreachable' } }],
    });
  });

  it('trusts no other certificate than the pinned one, names that node, and asks the others', async () => {
    const wrongPin = Array.from({ length: 32 }, () => 'AB').join(':');
    const pinned = readFileSync(lab.configFile, 'utf8').replace(
      '{ name: pve01,',
      `{ name: pve01, fingerprint: '${wrongPin}',`,
    );
    writeFileSync(lab.configFile, pinned);
    const { document, exitCode } = await lab.json('guests');
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({
      guests: [
        { vmid: 101, status: 'unknown' },
        { vmid: 102, status: 'running' },
        { vmid: 103, status: 'running' },
      ],
      unanswered: [{ node: 'pve01', problem: { code: 'TlsMismatch' } }],
    });
    expect(
      control()
        .requests()
        .filter(({ node, path }) => node === 'pve01' && path.startsWith('/')),
    ).toEqual([]);
  });

  it('believes the nodes with quorum, not the one that is cut off and takes the others for dead', async () => {
    await control().cutLink('pve01');
    await control().advance(60);
    const { document, exitCode } = await lab.json('nodes');
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({
      quorate: true,
      nodes: [
        { node: 'pve01', status: 'offline' },
        { node: 'pve02', status: 'online' },
        { node: 'pve03', status: 'online' },
      ],
    });
  });

  it('shows what is left without quorum, in words and as exit 1', async () => {
    control().loseQuorum();
    const { exitCode, stdout } = await lab.pxm('status');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Quorum: NO, 3 of 3 nodes online');
    expect(stdout).toMatch(/^pve02 +online/m);
  });

  it('says what is missing where every node is down', async () => {
    for (const { name } of lab.simulator.nodes) await control().crashNode(name);
    const { exitCode, document } = await lab.json('status');
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({ error: { code: 'NodeUnreachable' }, exitCode: 1 });
  });

  it('finds a free VMID while a node is down: its guests keep theirs', async () => {
    await loseNode();
    expect(await lab.pxm('next-vmid', '--range', 'vms')).toMatchObject({ exitCode: 0, stdout: '100\n' });
  });
});
