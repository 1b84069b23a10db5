import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOf, type CheckupLab } from '../activities/doctor/support/checkupLab';
import type { Finding } from '../../src/domain/checkup';
import { freePort } from '../../src/temporal/freePort';
import { pxm, pxmJson, startPxm } from './support/cli';
import { settingsHash } from '../../src/config/settingsHash';
import { loadClusterConfig } from '../../src/config/load';
import { writeWorkerState } from '../../src/client/processes/workerState';
import { uniqueName } from '../support/temporal';
import { pretendWorker } from './support/pretendedWorker';
import { openHealthyLab, openInstallations, workerPid, type Installations } from './doctor/support';

const nodes = ['pve01', 'pve02', 'pve03'];
/** No key of the process that runs the tests may log in at the simulated nodes. */
const noLogin = nodes.map((node) => `warning ssh ${node}`);

describe('pxm doctor', () => {
  let installations: Installations;
  let lab: CheckupLab;
  const config = () => ['--config', lab.configFile];

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

  /** Runs it for programs. */
  async function doctor(...args: readonly string[]) {
    const { document, ...result } = await pxmJson('doctor', ...args, ...config());
    const { findings, via } = document as { findings: Finding[]; via: string };
    const mended = findings.map(({ what }) => what).filter((what) => what.startsWith('mended: '));
    return { ...result, findings, via, mended, faults: faultsOf({ findings }) };
  }

  it('exits 0 where nothing failed; with --strict warnings count too', async () => {
    const { exitCode, faults, via } = await doctor();
    expect({ exitCode, faults, via }).toEqual({ exitCode: 0, faults: noLogin, via: 'direct' });
    expect((await doctor('--strict')).exitCode).toBe(1);
  });

  it('shows on a screen what is wrong, what to do, what was not looked at, and what is fine', async () => {
    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
    const { exitCode, stdout } = await pxm('doctor', ...config());
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^failed {3}temporal, 127\.0\.0\.1:\d+: no Temporal server answers there/m);
    expect(stdout).toContain('-> Start one on this machine: pxm up');
    expect(stdout).toMatch(
      /not checked, because no Temporal server answers:\n +namespace, searchAttributes, worker/,
    );
    expect(stdout).toMatch(/^certificates +pve01, pve02, pve03 +its certificate is trusted/m);
    expect(stdout).toMatch(/^1 failed, 3 warnings, 5 not checked, \d+ fine$/m);
  });

  it('names each problem of the configuration with its place, exits 2, and still looks at Temporal', async () => {
    const text = readFileSync(lab.configFile, 'utf8');
    writeFileSync(lab.configFile, text.replace('network_bridge', 'network_brigde'));
    const { exitCode, findings } = await doctor();
    expect(exitCode).toBe(2);
    expect(findings[0]).toMatchObject({
      check: 'config',
      status: 'failed',
      where: expect.stringMatching(/cluster-config\.yaml:\d+:\d+$/) as string,
      remedy: expect.stringContaining('network_bridge') as string,
    });
    expect(findings.find(({ check }) => check === 'searchAttributes')?.status).toBe('ok');
    expect(findings.find(({ check }) => check === 'quorum')?.status).toBe('notChecked');
  });

  it('names a CA file that can not be read as a fault of the configuration', async () => {
    lab.configure({ trust: 'authority', cluster: installations.place({}).cluster });
    rmSync(join(lab.folder, 'ca.pem'));
    const { exitCode, faults } = await doctor();
    expect(faults.filter((text) => text.startsWith('failed'))).toEqual([
      expect.stringMatching(/^failed config .*cluster-config\.yaml:\d+:\d+$/),
    ]);
    expect(exitCode).toBe(2);
  });

  it('says of a token file that others may read what config check says, at the same place, and exits 2', async () => {
    chmodSync(join(lab.folder, 'token'), 0o644);
    const { exitCode, findings, faults } = await doctor();
    expect(exitCode).toBe(2);
    expect(faults.filter((text) => text.startsWith('failed'))).toHaveLength(1);
    const [finding] = findings;
    expect(finding).toMatchObject({
      check: 'config',
      remedy: expect.stringContaining('chmod 600 <that file>\n') as string,
    });
    const checked = await pxm('config', 'check', ...config());
    expect(checked.exitCode).toBe(2);
    expect(checked.stderr).toContain(finding?.where);
    expect(checked.stderr).toContain(finding?.what.replace('credentials.file ', ''));
    expect(findings.find(({ check }) => check === 'worker')?.status).toBe('ok');
    expect(findings.find(({ check }) => check === 'quorum')?.status).toBe('notChecked');
  });

  it('leads by way of pxm up to pxm bootstrap where there is neither a token nor a server yet', async () => {
    rmSync(join(lab.folder, 'token'));
    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
    const { exitCode, findings, via } = await doctor();
    expect({ exitCode, via }).toEqual({ exitCode: 1, via: 'nobody' });
    const credentials = findings.find(({ check }) => check === 'credentials');
    expect(credentials?.what).toMatch(
      /could not read the cluster itself: read credentials file .* it can't be opened/,
    );
    expect(credentials?.remedy).toMatch(
      /pxm up[^]*^Then, if nobody has made an API token yet: pxm bootstrap$/m,
    );
  });

  it('warns of a worker of this machine that was started with another configuration', async () => {
    const { cluster } = installations.place({});
    pretendWorker(cluster, 'of another configuration');
    const { faults, findings } = await doctor();
    expect(faults).toEqual([`warning worker proxmox/${cluster}`, ...noLogin]);
    expect(findings.find(({ status }) => status === 'warning')?.remedy).toContain('pxm up');
    pretendWorker(cluster, settingsHash(loadClusterConfig(lab.configFile)));
    expect((await doctor()).faults).toEqual(noLogin);
  });

  it('does not take a worker of this machine that has died for one, though the server still names it', async () => {
    const { cluster } = installations.place({});
    writeWorkerState({ pid: workerPid, cluster, file: 'none', logFile: 'none', settingsHash: '' });
    expect((await doctor()).faults).toContain(`failed worker proxmox/${cluster}`);
  });

  it('tells a worker of this machine that lives from another program that has the number of one that has died', async () => {
    const cluster = installations.livingCluster;
    lab.configure({ cluster });
    pretendWorker(cluster, settingsHash(loadClusterConfig(lab.configFile)));
    expect((await doctor()).faults).toEqual(noLogin);
    const file = uniqueName('worker-of-before');
    writeWorkerState({ pid: process.pid, cluster, file, logFile: 'none', settingsHash: '' });
    expect((await doctor()).faults).toContain(`failed worker proxmox/${cluster}`);
  });

  it('says how to create a namespace that there is not', async () => {
    process.env['TEMPORAL_NAMESPACE'] = 'nowhere';
    const { findings, faults } = await doctor();
    expect(faults).toContain('failed namespace nowhere');
    expect(findings.find(({ check }) => check === 'namespace')?.remedy).toContain('--namespace nowhere');
  });

  it('accepts host keys with --fix only if their fingerprints are named or a person says so', async () => {
    rmSync(join(lab.folder, 'known_hosts'));
    const [first, second] = lab.simulator.nodes;
    const unasked = await doctor('--fix');
    expect(unasked.mended).toEqual([]);
    expect(unasked.stderr).toContain(`pxm doctor --fix --accept ${first?.ssh.fingerprintSha256 ?? ''}`);
    const { faults, mended } = await doctor('--fix', '--accept', first?.ssh.fingerprintSha256 ?? '');
    expect(mended).toEqual([expect.stringContaining('has the host key of pve01')]);
    expect(faults).not.toContain('warning hostKeys pve01');
    expect((await doctor()).faults).toContain('warning ssh pve01');
    expect(faults).toContain('warning hostKeys pve02');
    const known = readFileSync(join(lab.folder, 'known_hosts'), 'utf8');
    expect(known).toBe(`[127.0.0.1]:${first?.ssh.port ?? 0} ${withoutComment(first?.ssh.hostKey)}\n`);
    expect(known).not.toContain(withoutComment(second?.ssh.hostKey));
  });

  it('shows its report once with --fix where nobody is asked', async () => {
    rmSync(join(lab.folder, 'known_hosts'));
    const { stdout, stderr } = await pxm('doctor', '--fix', ...config());
    expect((stdout + stderr).match(/^warning +hostKeys, pve01/gm)).toHaveLength(1);
  });

  it('never accepts a host key that has changed', async () => {
    const fingerprint = lab.simulator.control.changeHostKey('pve02');
    const { faults, mended } = await doctor('--fix', '--accept', fingerprint);
    expect(mended).toEqual([]);
    expect(faults).toContain('failed hostKeys pve02');
  });

  it('puts the named fingerprint of a changed certificate into the configuration', async () => {
    const fingerprint = await lab.simulator.control.changeCertificate('pve03');
    expect((await doctor()).exitCode).toBe(1);
    const { exitCode, faults, mended } = await doctor('--fix', '--accept', fingerprint);
    expect(mended).toHaveLength(1);
    expect({ exitCode, faults }).toEqual({ exitCode: 0, faults: ['notChecked token pve03', ...noLogin] });
    expect((await doctor()).faults).toEqual(noLogin);
    expect(readFileSync(lab.configFile, 'utf8')).toContain('# Written by a test.');
  });

  it('registers missing search attributes with --fix', async () => {
    const { namespace, cluster } = installations.place({ attributes: 'missing' });
    process.env['TEMPORAL_NAMESPACE'] = namespace;
    lab.configure({ cluster });
    expect((await doctor()).faults).toContain(`failed searchAttributes ${namespace}`);
    const { exitCode, faults, mended } = await doctor('--fix');
    expect(mended).toEqual([expect.stringContaining('PveCluster')]);
    expect({ exitCode, faults }).toEqual({
      exitCode: 0,
      faults: ['notChecked operations cluster', ...noLogin],
    });
    expect((await doctor()).faults).toEqual(noLogin);
  });

  it('ends at once when it is interrupted', async () => {
    const hold = lab.simulator.control.holdRequest({ path: '/version' }, 'before handling');
    const run = startPxm(['doctor', ...config()]);
    await hold.arrived;
    run.interrupt();
    expect(await run.ended).toBe(130);
    hold.release();
  });
});

function withoutComment(key = ''): string {
  return key.split(' ').slice(0, 2).join(' ');
}
