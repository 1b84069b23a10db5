import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { OperationProgress } from '../../src/domain/progress';
import { runbookText, setRunbookStage, type RunbookStage } from '../e2e/support/runbookStage';
import { temporalServer } from '../support/temporal';
import { waitUntil } from '../support/waitUntil';
import { pxm, pxmJson } from './support/cli';

const planned = z.object({ workflowId: z.string(), plan: z.object({ hash: z.string() }) });
const reported = z.object({ workflowId: z.string(), report: z.object({ outcome: z.string() }) });

const steps = `
1. **Look at the guest** (API)
   \`\`\`http {#look capture="state=/status"}
   GET /nodes/pve01/qemu/{{vmid}}/status/current
   \`\`\`

2. **Say it** (local)
   \`\`\`bash {#say}
   echo "it is {{state}}"
   \`\`\`
   Expected result: \`it is running\`
`;

describe('pxm runbook run', () => {
  let stage: RunbookStage;
  let state: string;
  beforeAll(async () => {
    stage = await setRunbookStage();
    state = mkdtempSync(join(tmpdir(), 'pxm-state-'));
    process.env['PXM_STATE_FOLDER'] = state;
    process.env['TEMPORAL_ADDRESS'] = (await temporalServer()).address;
    stage.write('say-state', runbookText('say-state', steps, 'params:\n  vmid:\n    type: vmid'));
  });
  afterAll(async () => {
    await stage.close();
    rmSync(state, { recursive: true });
  });

  const config = () => ['--config', stage.lab.configFile];
  const say = (vmid: number) => ['say-state', '--set', `vmid=${vmid}`, ...config()];

  it('shows the plan, and does what was approved by its hash', async () => {
    const { exitCode, stdout } = await pxm('runbook', 'plan', ...say(101));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('GET /nodes/pve01/qemu/101/status/current');
    expect(stdout).toContain('pxm_state={{state}}');
    const { document } = await pxmJson('runbook', 'plan', ...say(101));
    const { hash } = planned.parse(document).plan;
    const run = await pxm('runbook', 'run', ...say(101), '--approve', hash.slice(0, 12));
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('say  Say it: done');
    expect(run.stdout).toContain('| it is running');
  });

  it('leaves the question where nobody can be asked, and takes the answer by the name of the runbook', async () => {
    const first = await pxmJson('runbook', 'run', ...say(103));
    expect(first.exitCode).toBe(4);
    const { workflowId, plan } = planned.parse(first.document);
    const short = workflowId.split('/').slice(2).join('/');
    const approved = await pxm('approve', short, plan.hash.slice(0, 12), ...config());
    expect(approved.exitCode).toBe(0);
    const watched = await pxm('watch', short, ...config());
    expect(watched.exitCode).toBe(4);
    expect(watched.stderr).toContain('expected: output contains it is running');
    const decided = await pxm('decide', short, 'd1', 'abort', ...config());
    expect(decided.exitCode).toBe(0);
    expect((await pxm('watch', short, '--wait', ...config())).exitCode).toBe(1);
    const report = await pxm('report', 'say-state', ...config());
    expect(report.exitCode).toBe(1);
    expect(report.stdout).toContain('say  Say it: FAILED');
  });

  it('says what differs to whoever comes after the file was changed between plan and approval', async () => {
    const text = (more: string) =>
      runbookText('drifting', `1. **Look** (API)\n   \`\`\`http\n   GET /version\n   \`\`\`\n${more}`);
    stage.write('drifting', text(''));
    const first = await pxmJson('runbook', 'run', 'drifting', ...config());
    const { workflowId, plan } = planned.parse(first.document);
    stage.write('drifting', text('\n2. **Look again** (API)\n   ```http\n   GET /nodes\n   ```\n'));
    await pxm('approve', workflowId, plan.hash, ...config());
    const handle = stage.temporal.client.workflow.getHandle(workflowId);
    await waitUntil('a new plan', async () => {
      const { planHash, waitingFor } = await handle.query<OperationProgress>('progress');
      return waitingFor === 'approval' && !plan.hash.startsWith(planHash ?? '-') ? true : undefined;
    });
    const watched = await pxm('watch', workflowId, ...config());
    expect(watched.exitCode).toBe(4);
    expect(watched.stdout).toContain(
      'What differs from the plan before:\nThe file of the runbook drifting has changed.\nNew step: Look again.\n',
    );
    const why = `takes the place of plan ${plan.hash.slice(0, 12)}: the approved plan does not hold any more.\nWhat differs`;
    expect(watched.stdout).toContain(why);
    expect((await pxm('report', workflowId, ...config())).stdout).toContain(why);
    await pxm('cancel', workflowId, ...config());
  });

  it('goes on at a later step with what the run before had captured, or with what is given', async () => {
    const again = ['runbook', 'run', ...say(103), '--from-step', 'say'] as const;
    const { stdout, stderr } = await pxm(...again);
    expect(stderr).toContain('state');
    expect(stdout).toContain('known from before: state = stopped');
    const given = await pxmJson(...again, '--capture', 'state=running');
    const { hash } = planned.parse(given.document).plan;
    const run = await pxmJson(...again, '--capture', 'state=running', '--approve', hash);
    expect(run.exitCode).toBe(0);
    expect(reported.parse(run.document).report.outcome).toBe('done');
  });

  it('refuses a path, a missing parameter and an unknown runbook', async () => {
    expect((await pxm('runbook', 'run', './x.md', ...config())).exitCode).toBe(2);
    const missing = await pxm('runbook', 'plan', 'say-state', ...config());
    expect(missing.exitCode).toBe(2);
    expect(missing.stdout).toContain('vmid is missing');
    expect((await pxm('runbook', 'plan', 'say-stat', ...config())).stdout).toContain(
      'Did you mean say-state?',
    );
  });
});
