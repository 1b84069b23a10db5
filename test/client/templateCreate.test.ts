import { z } from 'zod';
import { pxm, pxmJson } from './support/cli';
import { setTemplateStage, type TemplateStage } from './support/templateStage';

const planned = z.object({
  workflowId: z.string(),
  plan: z.object({ hash: z.string(), todo: z.string(), because: z.string() }),
});
const refreshed = z.object({
  templates: z.array(z.object({ name: z.string(), todo: z.string(), because: z.string() })),
});

describe('pxm template create, refresh and retire', () => {
  let tiny: TemplateStage;
  beforeAll(async () => {
    tiny = await setTemplateStage();
  });
  afterAll(() => tiny.close());

  const config = () => ['--config', tiny.stage.lab.configFile];
  const template = (...words: readonly string[]) => pxm('template', ...words, ...config());
  const templateJson = (...words: readonly string[]) => pxmJson('template', ...words, ...config());

  /** Approves the plan that the operation on `tiny` waits with, and follows it to its end. */
  async function approveTiny(): Promise<{ readonly exitCode: number; readonly stdout: string }> {
    const waiting = await pxmJson('watch', 'tiny', ...config());
    expect(waiting.exitCode).toBe(4);
    const { hash } = planned.parse(waiting.document).plan;
    expect((await pxm('approve', 'tiny', hash.slice(0, 12), ...config())).exitCode).toBe(0);
    return pxm('watch', 'tiny', '--wait', ...config());
  }

  it('ends after the plan with --dry-run, and changes nothing', async () => {
    const { exitCode, stdout } = await template('create', 'tiny', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('make version 1 of the template tiny');
    expect(stdout).toContain('Because there is none yet.');
    expect(stdout).toMatch(/pve01 +100 +built, image by way of local +200 MiB +built first, then tested/);
    expect(stdout).toContain('POST /nodes/pve01/qemu');
    expect(stdout).toContain('Only the plan was asked for; nothing was changed. Without --dry-run');
    expect(tiny.stage.lab.simulator.control.guests()).toEqual([]);
  });

  it('leaves the question where nobody can be asked, and makes it after the approval', async () => {
    const first = await template('create', 'tiny', '--nodes', 'pve01,pve02', '--param', 'memory_mib=768');
    expect(first.exitCode).toBe(4);
    expect(first.stdout).toMatch(/pxm approve create-template\/\S+\/tiny [0-9a-f]{12}/);
    const second = await template('create', 'tiny');
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('runs already; no second one was started');

    const made = await approveTiny();
    expect(made.stdout).toContain('Version 1 of the template tiny is in force');
    expect(made.exitCode).toBe(0);
    expect(made.stdout).toContain('VM 100 on pve01: in force');
    const { stdout } = await template('list');
    expect(stdout).toMatch(/^tiny +version 1 +pve01,pve02 +tiny\.qcow2 .* tiny +pve03$/m);
    expect((await template('verify', 'tiny')).stdout).toContain('all as it should be');
  });

  it('says that there is nothing to do where nothing has changed', async () => {
    const again = ['create', 'tiny', '--nodes', 'pve01,pve02', '--param', 'memory_mib=768'];
    const { exitCode, stdout } = await template(...again);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing to do: version 1 is of the same image, runbook and settings.');
  });

  it('finds out what has changed, as it was asked for before, and starts that with --start', async () => {
    const same = await templateJson('refresh');
    expect(same.exitCode).toBe(0);
    expect(refreshed.parse(same.document).templates).toMatchObject([{ name: 'tiny', todo: 'nothing' }]);
    tiny.writeRunbook('Makes a template in another way');
    const changed = await template('refresh');
    expect(changed.stdout).toMatch(/^tiny +version 1 +a new version +the runbook changed since version 1$/m);
    const started = await template('refresh', 'tiny', '--start');
    expect(started.exitCode).toBe(0);
    expect(started.stderr).toMatch(/Started create-template\/\S+\/tiny: it waits for its approval/);
    const open = await template('refresh');
    expect(open.exitCode).toBe(1);
    expect(open.stdout).toMatch(/^tiny +version 1 +NOT KNOWN .* runs already/m);
    expect((await approveTiny()).exitCode).toBe(0);
    const { stdout } = await template('status', 'tiny');
    expect(stdout).toMatch(/^tiny +pve01 +in force +2 /m);
    expect(stdout).toMatch(/^tiny +pve01 +older +1 +100 /m);
  });

  it('retires older versions after the approval of exactly that', async () => {
    const kept = await template('retire', 'tiny');
    expect(kept.exitCode).toBe(0);
    expect(kept.stdout).toContain('Nothing to do');
    const { exitCode, stdout } = await template('retire', 'tiny', '--keep', '0');
    expect(exitCode).toBe(4);
    expect(stdout).toContain('delete older versions of the template tiny');
    expect(stdout).toMatch(/VM 100 tiny on pve01 \(version 1\), with files:100\/base-100-disk-0/);
    const retired = await approveTiny();
    expect(retired.exitCode).toBe(0);
    expect(retired.stdout).toContain('VM 100 tiny on pve01 (version 1): deleted');
    expect((await template('list')).stdout).not.toMatch(/^tiny .* tiny +1 /m);
  });

  it.each([
    [['tinny'], 'Did you mean tiny?'],
    [['./tiny.md'], 'it takes a name and no path'],
    [['tiny', '--name', 'Not_A_Name'], 'small letters, digits, dots and hyphens'],
    [['tiny', '--nodes', 'pve9'], "has no node 'pve9'"],
    [['tiny', '--keep', 'some'], 'It must be a whole number from 0.'],
    [['tiny', '--param', 'memory_mib'], 'It must be name=value.'],
    [['tiny', '--param', 'vmid=7'], 'the parameter vmid is given by pxm template itself'],
    [['tiny', '--param', 'memory=7'], 'memory'],
    [['broken'], 'broken.md:9:'],
    [['procedure'], 'it makes no template'],
  ])('refuses %j with exit 2', async (words, said) => {
    tiny.stage.write('broken', brokenText);
    tiny.stage.write('procedure', procedureText);
    const { exitCode, stdout, stderr } = await template('create', ...words);
    expect(stdout + stderr).toContain(said);
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

const brokenText = procedureText
  .replaceAll('procedure', 'broken')
  .replace('1. **Look**', '1. **Look {{nobody}}**')
  .replace('GET /version', 'FETCH /version');
