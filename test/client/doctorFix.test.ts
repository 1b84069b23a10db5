import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { lookAtSearchAttributes } from '../../src/temporal/searchAttributes';
import { connectClient } from '../../src/temporal/connection';
import { type CheckupLab } from '../activities/doctor/support/checkupLab';
import { openHealthyLab, openInstallations, type Installations } from './doctor/support';
import { hasPseudoTerminal, keys, startPxmAtTerminal, type TerminalRun } from './support/pseudoTerminal';

const withTerminal = hasPseudoTerminal ? describe : describe.skip;

withTerminal('pxm doctor --fix at a terminal', () => {
  let installations: Installations;
  let lab: CheckupLab;

  beforeAll(async () => {
    installations = await openInstallations();
  });
  afterAll(() => installations.close());
  beforeEach(async () => {
    lab = await openHealthyLab(installations);
  });
  afterEach(async () => {
    delete process.env['TEMPORAL_NAMESPACE'];
    await lab.close();
  });

  const fix = () => startPxmAtTerminal(['doctor', '--fix', '--config', lab.configFile]);
  const yes = keys.up + keys.enter;
  const no = keys.enter;

  /** Answers a question once it is asked; `ending` is its end, which no line break cuts. */
  async function answer(run: TerminalRun, ending: string, key: string): Promise<void> {
    await run.shows(ending);
    run.type(key);
  }

  const textOf = (run: TerminalRun) => stripVTControlCharacters(run.screen());

  it('puts the shown fingerprint of a changed certificate into the configuration on yes', async () => {
    const fingerprint = await lab.simulator.control.changeCertificate('pve03');
    const run = await fix();
    await answer(run, `${fingerprint}?`, yes);
    expect(await run.exitCode).toBe(0);
    const text = textOf(run);
    expect(text.indexOf('failed   certificates, pve03')).toBeGreaterThanOrEqual(0);
    expect(text.indexOf('failed   certificates, pve03')).toBeLessThan(text.indexOf(`${fingerprint}?`));
    expect(text).toContain('mended: ');
    expect(text).toContain('run pxm doctor again');
    expect(readFileSync(lab.configFile, 'utf8')).toContain(fingerprint);
  });

  it('leaves a changed certificate on no, and on a stray Enter', async () => {
    const before = readFileSync(lab.configFile, 'utf8');
    const fingerprint = await lab.simulator.control.changeCertificate('pve03');
    const run = await fix();
    await answer(run, `${fingerprint}?`, no);
    expect(await run.exitCode).toBe(1);
    expect(textOf(run)).not.toContain('mended: ');
    expect(readFileSync(lab.configFile, 'utf8')).toBe(before);
  });

  it('asks about each host key that is not known, and writes down only those that are accepted', async () => {
    rmSync(join(lab.folder, 'known_hosts'));
    const [first, second, third] = lab.simulator.nodes.map(({ ssh }) => ssh);
    const run = await fix();
    await answer(run, `${first?.fingerprintSha256 ?? ''}?`, no);
    await answer(run, `${second?.fingerprintSha256 ?? ''}?`, yes);
    await answer(run, `${third?.fingerprintSha256 ?? ''}?`, no);
    expect(await run.exitCode).toBe(0);
    const known = readFileSync(join(lab.folder, 'known_hosts'), 'utf8').trim().split('\n');
    expect(known).toEqual([expect.stringContaining(`[127.0.0.1]:${second?.port ?? 0} `)]);
  });

  it('leaves everything as it was on Ctrl-C, with exit 130', async () => {
    rmSync(join(lab.folder, 'known_hosts'));
    const run = await fix();
    await answer(run, 'no, leave it', keys.controlC);
    expect(await run.exitCode).toBe(130);
    expect(existsSync(join(lab.folder, 'known_hosts'))).toBe(false);
  });

  it('registers missing search attributes on yes, and none on no', async () => {
    const { namespace, cluster } = installations.place({ attributes: 'missing' });
    process.env['TEMPORAL_NAMESPACE'] = namespace;
    lab.configure({ cluster });
    const missing = async () => {
      const options = { address: installations.address, namespace, options: {} };
      const server = await connectClient({ ...options, source: 'the embedded server' });
      try {
        return (await lookAtSearchAttributes(server.connection, namespace)).missing;
      } finally {
        await server.close();
      }
    };
    const refused = await fix();
    await answer(refused, 'yes, register them', no);
    expect(await refused.exitCode).toBe(1);
    expect(await missing()).toContain('PveCluster');
    const agreed = await fix();
    await answer(agreed, 'yes, register them', yes);
    expect(await agreed.exitCode).toBe(0);
    expect(textOf(agreed)).toContain('search attributes are missing: ');
    expect(await missing()).toEqual([]);
  });
});
