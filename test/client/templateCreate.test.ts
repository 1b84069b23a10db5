import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunbookStage } from '../e2e/support/runbookStage';
import { debianRunbook, everyVmid, setTemplateStage } from '../e2e/support/templateStage';
import { temporalServer } from '../support/temporal';
import { pxm, pxmJson } from './support/cli';

const planned = z.object({
  workflowId: z.string(),
  plan: z.object({ hash: z.string(), todo: z.string(), because: z.string() }),
});
const refreshed = z.object({
  templates: z.array(z.object({ name: z.string(), todo: z.string(), because: z.string() })),
});

describe('pxm template create, refresh and retire', () => {
  let stage: RunbookStage;
  let state: string;
  beforeAll(async () => {
    stage = await setTemplateStage();
    state = mkdtempSync(join(tmpdir(), 'pxm-state-'));
    process.env['PXM_STATE_FOLDER'] = state;
    process.env['TEMPORAL_ADDRESS'] = (await temporalServer()).address;
  });
  afterAll(async () => {
    await stage.close();
    rmSync(state, { recursive: true });
  });

  const config = () => ['--config', stage.lab.configFile];
  const template = (...words: readonly string[]) => pxm('template', ...words, ...config());
  const templateJson = (...words: readonly string[]) => pxmJson('template', ...words, ...config());

  /** Approves the plan that the operation waits with, and follows it to its end. */
  async function approved(): Promise<{ readonly exitCode: number; readonly stdout: string }> {
    const waiting = await pxmJson('watch', 'debian-13', ...config());
    expect(waiting.exitCode).toBe(4);
    const { hash } = planned.parse(waiting.document).plan;
    expect((await pxm('approve', 'debian-13', hash.slice(0, 12), ...config())).exitCode).toBe(0);
    return pxm('watch', 'debian-13', '--wait', ...config());
  }

  it('ends after the plan with --dry-run, and changes nothing', async () => {
    const { exitCode, stdout } = await template('create', 'debian-13', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('make version 1 of the template debian-13');
    expect(stdout).toContain('Because there is none yet.');
    expect(stdout).toMatch(/pve01 +900 +built, image by way of local +400 MiB +built first, then tested/);
    expect(stdout).toContain('POST /nodes/pve01/qemu');
    expect(stdout).toMatch(/^Build on pve02, VM 901: the same steps as on pve01/m);
    expect(stdout).toContain('Only the plan was asked for; nothing was changed. Without --dry-run');
    expect(everyVmid(stage)).toEqual([101, 102, 103, 104]);
  });

  it('leaves the question where nobody can be asked, and makes it after the approval', async () => {
    const first = await template(
      'create',
      'debian-13',
      '--nodes',
      'pve01,pve02',
      '--param',
      'memory_mib=768',
    );
    expect(first.exitCode).toBe(4);
    expect(first.stdout).toMatch(/pxm approve create-template\/\S+\/debian-13 [0-9a-f]{12}/);
    const second = await template('create', 'debian-13', '--approve', 'ffffffffffff');
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('runs already; no second one was started');
    expect(second.stderr).toMatch(/: pxm approve create-template\/\S+\/debian-13 ffffffffffff$/m);

    const made = await approved();
    expect(made.stdout).toContain('Version 1 of the template debian-13 is in force');
    expect(made.exitCode).toBe(0);
    expect(made.stdout).toContain('VM 900 on pve01: in force');
    const { stdout } = await template('list');
    expect(stdout).toMatch(/^debian-13 +version 1 +pve01,pve02 +debian-13\.qcow2 .* debian-13 +pve03$/m);
    expect((await template('verify', 'debian-13')).stdout).toContain('all as it should be');
  });

  it('reads templates through the worker where this process has no token', async () => {
    const { configFile, folder } = stage.lab;
    const file = join(folder, 'without-token.yaml');
    writeFileSync(file, readFileSync(configFile, 'utf8').replace('file: token', 'file: not-here'));
    const { exitCode, document } = await pxmJson('template', 'show', 'debian-13', '--config', file);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({
      via: 'worker',
      templates: [{ name: 'debian-13', versions: [{ generation: 1, copies: [{ vmid: 900 }, {}] }] }],
    });
    const unknown = await pxm('template', 'verify', 'debain-13', '--config', file);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('Did you mean debian-13?');
  });

  it('says that there is nothing to do where nothing has changed', async () => {
    const again = ['create', 'debian-13', '--nodes', 'pve01,pve02', '--param', 'memory_mib=768'];
    const { exitCode, stdout } = await template(...again);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing to do: version 1 is of the same image, runbook and settings.');
  });

  it('finds out what has changed, as it was asked for before, and starts that with --start', async () => {
    const same = await templateJson('refresh');
    expect(same.exitCode).toBe(0);
    expect(refreshed.parse(same.document).templates).toMatchObject([{ name: 'debian-13', todo: 'nothing' }]);
    stage.write('debian-13', debianRunbook().replace('# Debian 13', '# Debian 13, in another way'));
    const changed = await template('refresh');
    expect(changed.stdout).toMatch(
      /^debian-13 +version 1 +a new version +the runbook changed since version 1$/m,
    );
    const started = await template('refresh', 'debian-13', '--start');
    expect(started.exitCode).toBe(0);
    expect(started.stderr).toMatch(/Started create-template\/\S+\/debian-13: it waits for its approval/);
    const open = await template('refresh');
    expect(open.exitCode).toBe(1);
    expect(open.stdout).toMatch(/^debian-13 +version 1 +NOT KNOWN .* runs already/m);
    expect((await approved()).exitCode).toBe(0);
    const { stdout } = await template('status', 'debian-13');
    expect(stdout).toMatch(/^debian-13 +pve01 +in force +2 /m);
    expect(stdout).toMatch(/^debian-13 +pve01 +older +1 +900 /m);
  });

  it('retires older versions after the approval of exactly that', async () => {
    const kept = await template('retire', 'debian-13');
    expect(kept.exitCode).toBe(0);
    expect(kept.stdout).toContain('Nothing to do');
    const { exitCode, stdout } = await template('retire', 'debian-13', '--keep', '0');
    expect(exitCode).toBe(4);
    expect(stdout).toContain('delete older versions of the template debian-13');
    expect(stdout).toMatch(/VM 900 debian-13 on pve01 \(version 1\), with local-lvm:base-900-disk-/);
    const retired = await approved();
    expect(retired.exitCode).toBe(0);
    expect(retired.stdout).toContain('VM 900 debian-13 on pve01 (version 1): deleted');
    expect((await template('list')).stdout).not.toMatch(/^debian-13 .* debian-13 +1 /m);
  });

  it.each([
    [['debain-13'], 'Did you mean debian-13?'],
    [['./debian-13.md'], 'it takes a name and no path'],
    [['debian-13', '--name', 'Not_A_Name'], 'small letters, digits, dots and hyphens'],
    [['debian-13', '--nodes', 'pve9'], "has no node 'pve9'"],
    [['debian-13', '--keep', 'some'], 'It must be a whole number from 0.'],
    [['debian-13', '--param', 'memory_mib'], 'It must be name=value.'],
    [['debian-13', '--param', 'cores=1', '--param', 'cores=2'], 'cores is given twice.'],
    [['debian-13', '--param', 'vmid=7'], 'the parameter vmid is given by pxm template itself'],
    [['debian-13', '--param', 'memory=7'], 'memory'],
    [['broken'], 'broken.md:'],
    [['procedure'], 'it makes no template'],
  ])('refuses %j with exit 2', async (words, said) => {
    stage.write('broken', brokenText);
    stage.write('procedure', procedureText);
    const { exitCode, stdout, stderr } = await template('create', ...words);
    expect(stdout + stderr).toContain(said);
    if (words[0] === 'broken') expect(stdout).toMatch(/broken\.md:\d+:\d+ .*FETCH/);
    expect(exitCode).toBe(2);
  });
});

const procedureText = `---
name: procedure
description: No template
---

# Procedure

## Steps

1. **Look** (API)
   \`\`\`http
   GET /version
   \`\`\`
`;

const brokenText = debianRunbook()
  .replace('name: debian-13', 'name: broken')
  .replace('POST /nodes/{{node}}/qemu\n', 'FETCH /nodes/{{nobody}}/qemu\n');
