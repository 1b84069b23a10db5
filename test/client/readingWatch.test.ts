import { PassThrough } from 'node:stream';
import { runCli } from '../../src/client/run';
import { sharedGuest, smallCluster } from '../e2e/support/scenario';
import { openReadingLab, type ReadingLab } from './support/readingLab';

describe('--watch', () => {
  let lab: ReadingLab;

  beforeEach(async () => {
    lab = await openReadingLab(smallCluster('9', [sharedGuest(101)]));
  });
  afterEach(() => lab.close());

  it('prints one line of JSON after the other, each the whole answer, until Ctrl-C ends it with 130', async () => {
    const run = lab.start('guests', '--watch', '1', '--json');
    await run.shows('"status":"running"');
    lab.simulator.control.setGuest(101, { status: 'stopped' });
    await run.shows('"status":"stopped"');
    run.interrupt();
    expect(await run.ended).toBe(130);
    const lines = run.stdout().trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ cluster: 'lab', via: 'direct', guests: [{ vmid: 101 }] });
    }
    expect(run.stderr()).toBe('');
  });

  it('prints one text after the other where there is no terminal, without control characters', async () => {
    const run = lab.start('guests', '--watch', '1');
    await run.shows(/app-101 [^]*app-101 /);
    run.interrupt();
    expect(await run.ended).toBe(130);
    expect(run.stdout()).toMatch(/UTC, every 1 s\n VMID|UTC, every 1 s\nVMID/);
    expect(run.stdout()).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('goes on while no node answers, and shows why', async () => {
    const run = lab.start('nodes', '--watch', '1', '--json');
    await run.shows('"quorate":true');
    for (const { name } of lab.simulator.nodes) await lab.simulator.control.stopService(name, 'pveproxy');
    await run.shows('"code":"NodeUnreachable"');
    for (const { name } of lab.simulator.nodes) await lab.simulator.control.startService(name, 'pveproxy');
    await run.shows(/NodeUnreachable[^]*"quorate":true/);
    run.interrupt();
    expect(await run.ended).toBe(130);
  });

  it('ends at once for what waiting does not mend', async () => {
    expect((await lab.pxm('guests', '--watch', '--node', 'pve9')).exitCode).toBe(2);
    expect((await lab.pxm('guests', '--watch', '0')).stderr).toContain('whole number of seconds from 1');
  });

  it('redraws a terminal from its first line and never scrolls it', async () => {
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 8 });
    let drawn = '';
    const redrawn = new Promise<void>((resolve) => {
      stdout.on('data', (chunk: Buffer) => {
        drawn += chunk.toString('utf8');
        if (drawn.split('\u001b[1;1H').length > 2) resolve();
      });
    });
    const interruption = new AbortController();
    const terminal = {
      ...{ stdin: new PassThrough(), stdout, stderr: new PassThrough() },
      ...{ env: { NO_COLOR: '1' }, person: 'tester@desk' },
    };
    const args = ['status', '--watch', '1', '--config', lab.configFile];
    const ended = runCli(args, terminal, interruption.signal);
    await redrawn;
    interruption.abort();
    expect(await ended).toBe(130);
    const frame = drawn.split('\u001b[1;1H\u001b[0J')[1] ?? '';
    expect(frame).toContain('Ctrl-C ends');
    expect(frame).toMatch(/\.\.\. \d+ more lines\n$/);
    expect(frame.trimEnd().split('\n')).toHaveLength(7);
  });
});
