import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { profileText, setClusterStage, type ClusterStage } from '../e2e/support/clusterStage';
import { everyVmid } from '../e2e/support/templateStage';
import { temporalServer } from '../support/temporal';
import { pxm, pxmJson } from './support/cli';

const planned = z.object({ plan: z.object({ hash: z.string(), action: z.string() }) });

describe('pxm cluster', () => {
  let stage: ClusterStage;
  let state: string;
  beforeAll(async () => {
    stage = await setClusterStage();
    stage.writeProfile('lab', profileText('lab'));
    stage.writeProfile('broken', profileText('broken').replace('cores: 1', 'coers: 1'));
    state = mkdtempSync(join(tmpdir(), 'pxm-state-'));
    process.env['PXM_STATE_FOLDER'] = state;
    process.env['TEMPORAL_ADDRESS'] = (await temporalServer()).address;
  });
  afterAll(async () => {
    await stage.close();
    rmSync(state, { recursive: true });
  });

  const config = () => ['--config', stage.lab.configFile];
  const cluster = (...words: readonly string[]) => pxm('cluster', ...words, ...config());

  /** Approves the plan that waits, from another terminal, and follows it to its end. */
  async function approved(action: string): Promise<{ readonly exitCode: number; readonly stdout: string }> {
    const waiting = await pxmJson('watch', 'lab', ...config());
    expect(waiting.exitCode).toBe(4);
    const { plan } = planned.parse(waiting.document);
    expect(plan.action).toBe(action);
    expect((await pxm('approve', 'lab', plan.hash.slice(0, 12), ...config())).exitCode).toBe(0);
    return pxm('watch', 'lab', '--wait', ...config());
  }

  it('teaches in its help', async () => {
    const { stdout } = await pxm('cluster', '--help');
    expect(stdout).toContain('$ pxm cluster create plain-lab');
    const destroy = await pxm('cluster', 'destroy', '--help');
    expect(destroy.stdout).toContain('$ pxm cluster destroy plain-lab --grace 7d');
    expect(destroy.stdout).toContain('anything else is left alone');
  });

  it.each([
    [['create', 'lba'], 'Did you mean lab?'],
    [['create', 'broken'], 'broken.yaml:4:'],
    [['plan', 'broken'], 'coers'],
    [['scale', 'lab', 'worker'], "'worker' is not role=count"],
    [['scale', 'lab', 'worker=2', 'worker=3'], 'worker is given twice'],
    [['adopt', 'lab', 'lab-worker-1=7'], 'is not machine=vmid'],
    [['destroy', 'lab', '--grace', '24h', '--now'], "cannot be used with option '--now'"],
    [['destroy', 'lab', '--grace', 'soon'], '90s, 30m, 24h or 7d'],
    [['destroy', 'lab'], 'there is no cluster lab'],
    [['undo', 'lab'], 'pxm cluster create lab makes it'],
    [['extend', 'lab'], 'neither --for nor --never is given'],
    [['extend', 'lab', '--never'], 'there is no cluster lab'],
    [['status', 'lba'], 'Did you mean lab? pxm cluster list shows what is there.'],
  ])('refuses %j with exit 2, and starts nothing', async (words, said) => {
    const { exitCode, stdout, stderr } = await cluster(...words);
    expect(stdout + stderr).toContain(said);
    expect(exitCode).toBe(2);
    const { stdout: list } = await cluster('list');
    expect(list).toMatch(/^lab +plain +debian-13 +3 +nothing$/m);
  });

  it('plans, and changes nothing', async () => {
    const { exitCode, stdout } = await cluster('plan', 'lab');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('create the cluster lab');
    expect(stdout).toMatch(
      /^lab-worker-1 +worker +pve01 +1000 +1 +1 GiB +as it is +DHCP \(BC:24:11:[0-9A-F:]+\) +linked clone of VM 900/m,
    );
    expect(stdout).toContain('Only the plan was asked for; nothing was changed.');
    const { stdout: status } = await cluster('status', 'lab');
    expect(status).toMatch(/^lab-worker-1 +worker .* MISSING +it is not there$/m);
    expect(everyVmid(stage)).toEqual([900, 901, 902]);
  });

  it('makes what was approved from another terminal, one operation at a time', async () => {
    const first = await cluster('create', 'lab');
    expect(first.exitCode).toBe(4);
    expect(first.stdout).toMatch(/pxm approve change-cluster\/\S+\/lab [0-9a-f]{12}/);
    const second = await cluster('create', 'lab', '--approve', 'ffffffffffff');
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('is under way (create');
    expect(second.stderr).toMatch(/: pxm approve change-cluster\/\S+\/lab ffffffffffff$/m);
    const made = await approved('create');
    expect(made.exitCode).toBe(0);
    expect(made.stdout).toContain('The cluster lab: 3 machines ready.');
    expect(made.stdout).toMatch(/lab-worker-3 \(VM 1002 on pve03.*\): ready/);
    const { exitCode, stdout } = await cluster('status', 'lab');
    expect(stdout).toMatch(/^lab-worker-2 +worker +1001 +pve02 .* yes +as it should be$/m);
    expect(exitCode).toBe(0);
    expect((await cluster('list')).stdout).toMatch(/^lab +plain +debian-13 +3 +3 ready +create: done$/m);
  });

  it('sets it aside later, or never', async () => {
    expect((await cluster('extend', 'lab', '--for', '7d')).stdout).toContain('is to be set aside at');
    expect((await cluster('extend', 'lab', '--never')).stdout).toContain('stays until somebody destroys it');
  });

  it('says which destruction a new time does not take back, and exits 1 once it was approved', async () => {
    expect((await cluster('destroy', 'lab')).exitCode).toBe(4);
    const waits = await cluster('extend', 'lab', '--for', '7d');
    expect(waits.stdout).toMatch(/is to be set aside at .*\n.* waits for its approval.*pxm reject/);
    expect(waits.exitCode).toBe(0);
    const { plan } = planned.parse((await pxmJson('watch', 'lab', ...config())).document);
    // Nothing is begun of what is approved.
    await pxm('pause', 'lab', ...config());
    await pxm('approve', 'lab', plan.hash.slice(0, 12), ...config());
    const late = await cluster('extend', 'lab', '--never');
    expect(late.stdout).toMatch(/approved by .* the new time does not end it\. End it: pxm cancel/);
    expect(late.exitCode).toBe(1);
    await pxm('cancel', 'lab', ...config());
    const ended = await pxm('watch', 'lab', '--wait', ...config());
    expect(ended.stdout).toContain('It was ended before anything was done.');
  });

  it('deletes exactly its machines, at once where that is wanted', async () => {
    const { exitCode, stdout } = await cluster('destroy', 'lab', '--now');
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^lab-worker-1 +1000 +pve01 +[0-9a-f]{8} +yes +local-lvm:vm-1000-/m);
    const gone = await approved('destroy');
    expect(gone.stdout).toContain('The cluster lab: 3 machines deleted.');
    expect(everyVmid(stage)).toEqual([900, 901, 902]);
  });
});
