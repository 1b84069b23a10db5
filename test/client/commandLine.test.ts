import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/temporal/freePort';
import { pxm, pxmJson, startPxm, temporaryFolder } from './support/cli';

const goodConfig = `cluster:
  name: lab
  nodes:
    - { name: pve01, host: 192.0.2.1 }
    - { name: pve02, host: 192.0.2.2 }
credentials:
  file: api-token
`;

function configFile(text = goodConfig): string {
  const folder = temporaryFolder();
  const file = join(folder, 'cluster-config.yaml');
  writeFileSync(file, text);
  writeFileSync(join(folder, 'api-token'), 'root@pam!test\nsecret\n', { mode: 0o600 });
  return file;
}

describe('the command line', () => {
  it('teaches with --help: every command, a first evacuation, the exit codes', async () => {
    const { exitCode, stdout } = await pxm('--help');
    expect(exitCode).toBe(0);
    for (const command of ['evacuate', 'approve', 'reject', 'decide', 'pause', 'resume', 'cancel', 'watch']) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    for (const command of ['report', 'operations', 'ledger', 'up', 'down', 'worker', 'simulate', 'demo']) {
      expect(stdout).toMatch(new RegExp(`^  ${command}( |$)`, 'm'));
    }
    expect(stdout).toContain('$ pxm evacuate pve01');
    expect(stdout).toMatch(/^ {2}4 +waits for a person/m);
  });

  it('shows examples in the help of a command', async () => {
    expect((await pxm('evacuate', '--help')).stdout).toContain('$ pxm evacuate pve01 --dry-run');
    expect((await pxm('evacuate', '--help')).stdout).not.toContain('--yes');
  });

  it('teaches the options of the worker without a configuration', async () => {
    process.env['PXM_CONFIG'] = '/nowhere/cluster-config.yaml';
    try {
      for (const args of [
        ['worker', '--help'],
        ['worker', '--', '--help'],
      ]) {
        const { exitCode, stdout } = await pxm(...args);
        expect(exitCode).toBe(0);
        expect(stdout).toContain('--health-port <port>');
      }
    } finally {
      delete process.env['PXM_CONFIG'];
    }
  });

  it('prints one JSON document for --version and --help as well', async () => {
    const version = await pxmJson('--version');
    expect(version).toMatchObject({ exitCode: 0, document: { version: '0.1.0', exitCode: 0 } });
    const help = await pxmJson('evacuate', '--help');
    expect(help.document).toMatchObject({
      help: expect.stringContaining('$ pxm evacuate pve01 --dry-run') as string,
      exitCode: 0,
    });
    const none = await pxmJson();
    expect(none).toMatchObject({ exitCode: 2, document: { error: { code: 'InputInvalid' }, exitCode: 2 } });
  });

  it('refuses a text format where --json asks for JSON', async () => {
    const { exitCode, document } = await pxmJson('report', 'lab/pve01', '--format', 'markdown');
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({
      error: { failed: expect.stringContaining('--format markdown contradicts --json') as string },
    });
  });

  it.each([
    [['aprove'], '(Did you mean approve?)'],
    [['evacuate'], "missing required argument 'node'"],
    [['evacuate', 'pve01', '--concurrency', '0'], 'It must be a whole number from 1'],
    [['evacuate', 'pve01', '--one-at-a-time', '--concurrency', '2'], 'cannot be used with'],
    [['evacuate', 'pve01', '--dry-run', '--approve', 'ffffffffffff'], 'cannot be used with'],
    [['evacuate', 'pve01', '--bandwidth-limit', 'fast'], 'It must be a rate such as 200MiB/s'],
    [['evacuate', 'pve01', '--yes'], "unknown option '--yes'"],
    [['approve', 'pve01', 'abc'], 'at least the 12 hexadecimal characters'],
    [['decide', 'pve01', 'd1', 'maybe'], 'Allowed choices are retry, replan'],
  ])('answers bad input %j with exit 2 and what is expected', async (args, expected) => {
    const { exitCode, stderr, stdout } = await pxm(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(expected);
    expect(stdout).toBe('');
  });

  it('guesses no option where a command begins with dashes', async () => {
    const { exitCode, stderr } = await pxm('--', '--help');
    expect(exitCode).toBe(2);
    expect(stderr).toContain("unknown command '--help'");
    expect(stderr).not.toContain('Did you mean');
  });

  it('answers bad input with one JSON document where --json was given', async () => {
    const { exitCode, document } = await pxmJson('evacuate', 'pve01', '--yes');
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({ error: { code: 'InputInvalid' }, exitCode: 2 });
  });

  it('names the nearest node for a typo, before anything is connected to or started', async () => {
    const { exitCode, stderr } = await pxm('evacuate', 'pve11', '--config', configFile());
    expect(exitCode).toBe(2);
    expect(stderr).toContain("has no node 'pve11'; nothing was started");
    expect(stderr).toContain('Did you mean pve01?');
    const other = await pxm('evacuate', 'database', '--config', configFile());
    expect(other.stderr).not.toContain('Did you mean');
    expect(other.stderr).toContain('The nodes are: pve01, pve02.');
    const target = await pxm('evacuate', 'pve01', '--target', 'pve2', '--config', configFile());
    expect(target.exitCode).toBe(2);
    expect(target.stderr).toContain('Did you mean pve02?');
    const itself = await pxm('evacuate', 'pve01', '--target', 'pve01', '--config', configFile());
    expect(itself.stderr).toContain('can not be a target of its own evacuation');
  });

  it('checks a configuration: valid, or every problem with its place and exit 2', async () => {
    const good = await pxm(
      'config',
      'check',
      configFile(`${goodConfig}ansible: { inventory: hosts.yaml }\n`),
    );
    expect(good).toMatchObject({ exitCode: 0 });
    expect(good.stdout).toContain('is valid: cluster lab, nodes pve01, pve02.');
    expect(good.stdout).not.toContain('not used yet');
    const file = configFile(goodConfig.replace('name: lab', 'nme: lab'));
    const bad = await pxm('config', 'check', file);
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain(`${file}:2:3`);
    const used = await pxm('evacuate', 'pve01', '--config', file);
    expect(used.exitCode).toBe(2);
    expect(used.stderr).toContain(`${file}:2:3`);
  });

  it('says what to do when no Temporal server answers', async () => {
    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
    const { exitCode, stderr } = await pxm('evacuate', 'pve01', '--config', configFile());
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Attempted: connecting to Temporal at 127.0.0.1');
    expect(stderr).toMatch(/Next: .*pxm up/);
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('exits 130 when it is interrupted while it waits', async () => {
    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
    const run = startPxm(['operations', '--open', '--json']);
    run.interrupt();
    expect(await run.ended).toBe(130);
    expect(JSON.parse(run.stdout())).toEqual({ interrupted: true, exitCode: 130 });
  });
});
