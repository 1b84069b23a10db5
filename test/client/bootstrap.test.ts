import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { loadClusterConfig } from '../../src/config/load';
import { untouched } from '../activities/access/support/lab';
import { setAccessStage, type AccessStage } from '../e2e/support/accessStage';
import { temporalServer } from '../support/temporal';
import { condition } from '../support/temporalCondition';
import { pxm, pxmJson } from './support/cli';

const planned = z.object({ plan: z.object({ hash: z.string() }) });

describe('pxm bootstrap', () => {
  let stage: AccessStage;
  let state: string;
  beforeEach(async () => {
    stage = await setAccessStage(untouched('9'));
    state = mkdtempSync(join(tmpdir(), 'pxm-state-'));
    process.env['PXM_STATE_FOLDER'] = state;
    process.env['TEMPORAL_ADDRESS'] = (await temporalServer()).address;
  });
  afterEach(async () => {
    await stage.close();
    rmSync(state, { recursive: true });
  });

  const config = () => ['--config', stage.lab.configFile];
  const keyOf = (index: number) => stage.lab.simulator.nodes[index]?.ssh.fingerprintSha256 ?? '';
  const accepting = () => ['--accept-host-key', keyOf(0)];

  async function hashOf(...command: readonly string[]): Promise<string> {
    const { exitCode, document } = await pxmJson(...command, '--dry-run', ...accepting(), ...config());
    expect(exitCode).toBe(0);
    return planned.parse(document).plan.hash.slice(0, 12);
  }

  it('starts nothing while no host key is known: it shows the fingerprints and how to accept one', async () => {
    const { exitCode, stderr } = await pxm('bootstrap', ...config());
    expect(exitCode).toBe(1);
    for (const index of [0, 1, 2]) expect(stderr).toContain(keyOf(index));
    expect(stderr.match(/ssh-keygen -lf/g)).toHaveLength(1);
    expect(stderr).not.toContain('pxm doctor');
    expect(stderr).toMatch(/^Failed: .*nothing was started \[HostKeyUnknown\]$/m);
    expect(stderr.match(/--accept-host-key SHA256:\S+$/gm)).toHaveLength(1);
    const typo = await pxm('bootstrap', '--accept-host-key', 'SHA256:typo', ...config());
    expect(typo.exitCode).toBe(2);
    expect(stage.lab.simulator.control.commands()).toEqual([]);
  });

  it('sets up the access, writes what is trusted, and says of a second run that nothing was changed', async () => {
    const hash = await hashOf('bootstrap');
    expect(readFileSync(join(state, 'known_hosts'), 'utf8')).toContain('ssh-ed25519');
    const first = await pxm('bootstrap', '--approve', hash, '--write-trust', 'pins', ...config());
    expect(first.stderr.match(/not known: pve02, pve03/g)).toHaveLength(1);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain('+ role ClaudeCodeManager: create');
    expect(first.stdout).toContain('VM.Migrate: move guests to other nodes');
    expect(first.stdout).toContain('The access is set up');
    const { cluster } = loadClusterConfig(stage.lab.configFile);
    expect(cluster.nodes.map(({ fingerprint }) => fingerprint)).toEqual(
      stage.lab.simulator.nodes.map(({ fingerprintSha256 }) => fingerprintSha256),
    );

    const second = await pxm('bootstrap', ...config());
    expect(second.exitCode).toBe(0);
    expect(second.stdout).toContain('Nothing was changed');

    const narrower = await pxm('bootstrap', '--profile', 'evacuation', '--dry-run', ...config());
    expect(narrower.stdout).toMatch(
      /^- role ClaudeCodeManagerBuilds: remove\n +the profile "evacuation" makes no templates$/m,
    );
    expect(narrower.stdout).toMatch(/^- pool pxm-builds: remove$/m);
    expect(stage.lab.simulator.control.cluster.pools.has('pxm-builds')).toBe(true);

    const rotation = await hashOf('token', 'rotate');
    const rotated = await pxm('token', 'rotate', '--approve', rotation, ...config());
    expect(rotated).toMatchObject({ exitCode: 0 });
    expect(rotated.stdout).toContain('The token is rotated');

    const report = await pxm('report', `access/${stage.cluster}`, '--format', 'markdown', ...config());
    expect(report.stdout).toContain('# rotate the API token');
    await condition('the rotation is listed', async () =>
      (await pxm('operations', '--limit', '100', ...config())).stdout.includes(`access/${stage.cluster}`),
    );

    const undoing = await hashOf('bootstrap', '--undo');
    const shown = await pxm('bootstrap', '--undo', '--dry-run', ...config());
    expect(shown.stdout).not.toContain('profile');
    const undone = await pxm('bootstrap', '--undo', '--approve', undoing, ...config());
    expect(undone).toMatchObject({ exitCode: 0 });
    expect([...stage.lab.simulator.control.cluster.access.users.keys()]).toEqual(['root@pam']);
  });

  it('writes the CA only if it makes every node trusted: else it says why, and leaves the configuration alone', async () => {
    const approve = async () => ['--approve', await hashOf('bootstrap'), '--write-trust', 'ca'];
    const before = readFileSync(stage.lab.configFile, 'utf8');
    await stage.lab.simulator.control.changeCertificate('pve02', { signedBy: 'stranger' });
    await stage.lab.simulator.control.changeCertificate('pve03', { names: ['elsewhere.example'] });
    const refused = await pxm('bootstrap', ...(await approve()), ...config());
    expect(refused.exitCode).toBe(0);
    expect(refused.stderr).toContain(
      "The cluster's CA did not sign the certificate of pve02, pve03, or not for",
    );
    expect(refused.stderr).toMatch(/--write-trust pins$/m);
    expect(readFileSync(stage.lab.configFile, 'utf8')).toBe(before);

    for (const name of ['pve02', 'pve03']) await stage.lab.simulator.control.changeCertificate(name);
    const written = await pxm('bootstrap', '--write-trust', 'ca', ...config());
    expect(written.exitCode).toBe(0);
    expect(loadClusterConfig(stage.lab.configFile).cluster.caFile).toContain('pve-root-ca.pem');
  });

  it('waits for a person where there is no terminal, and refuses a second operation meanwhile', async () => {
    const waiting = await pxm('bootstrap', ...accepting(), ...config());
    expect(waiting.exitCode).toBe(4);
    expect(waiting.stderr).toContain('A worker that runs in a terminal asks there for the passphrase');
    expect(waiting.stdout).toContain(`pxm approve access/${stage.cluster} `);
    const second = await pxm('bootstrap', '--approve', 'ffffffffffff', ...config());
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('runs already');
    expect(second.stderr).toContain(`pxm approve access/${stage.cluster} ffffffffffff\n`);
    rmSync(join(state, 'known_hosts'));
    const unknown = await pxm('bootstrap', ...config());
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain(`pxm watch access/${stage.cluster}`);
    expect(unknown.stderr).not.toContain('--accept-host-key');
    expect((await pxm('reject', `access/${stage.cluster}`)).exitCode).toBe(0);
  });

  it('refuses a host key that has changed, with both fingerprints', async () => {
    await hashOf('bootstrap');
    const before = keyOf(0);
    stage.lab.simulator.control.changeHostKey('pve01');
    const { exitCode, stderr } = await pxm('bootstrap', ...config());
    expect(exitCode).toBe(1);
    expect(stderr).toContain(before);
    expect(stderr).toContain('[HostKeyChanged]');
    expect(stderr).toContain('ssh-keygen -R');
  });
});
