import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunbookRequest } from '../../../src/domain/runbookPlan';
import { runbookText } from '../../e2e/support/runbookStage';
import { act, startRunbookLab, type RunbookLab } from './lab';

let lab: RunbookLab;
beforeEach(async () => {
  lab = await startRunbookLab();
});
afterEach(() => lab.close());

const onOneNode = '1. **Look** (SSH)\n   ```bash {#look on=pve01}\n   uptime\n   ```\n';
const onEvery = '1. **Look** (SSH)\n   ```bash {#look on=every}\n   uptime\n   ```\n';
const perhaps =
  '1. **Ask** (SSH)\n   ```bash {#ask on=pve02 capture=load}\n   uptime\n   ```\n\n2. **Look** (SSH) {when="load != \'\'"}\n   ```bash {#look on=pve01}\n   uptime\n   ```\n';

function plan(steps: string, request: Partial<RunbookRequest> = {}) {
  writeFileSync(join(lab.folder, 'runbooks/look.md'), runbookText('look', steps));
  return act(lab.runbook.planRunbook, { request: { runbook: 'look', ...request } });
}

function forgetHostKeys(): void {
  rmSync(join(lab.folder, 'known_hosts'));
}

test('a plan whose steps can log in says nothing about it', async () => {
  expect((await plan(onOneNode)).plan.warnings).toEqual([]);
});

test('a plan is refused where a node that a step runs on has a host key that nobody has accepted', async () => {
  forgetHostKeys();
  await expect(plan(onOneNode)).rejects.toMatchObject({
    type: 'HostKeyUnknown',
    message: expect.stringContaining('log in by SSH to pve01, where steps of this plan run') as string,
  });
});

test('each node is named where a step runs on all of them', async () => {
  forgetHostKeys();
  await expect(plan(onEvery)).rejects.toMatchObject({
    message: expect.stringMatching(/pve01: .*pve02: .*pve03: /) as string,
  });
});

test('a dry run shows the plan all the same, with a warning', async () => {
  forgetHostKeys();
  const { plan: made } = await plan(onOneNode, { dryRun: true });
  expect(made.warnings).toEqual([expect.stringMatching(/^SSH to pve01: .*host key/i)]);
});

test('a step that a condition may pass over brings a warning only', async () => {
  const known = join(lab.folder, 'known_hosts');
  writeFileSync(known, readFileSync(known, 'utf8').split('\n').slice(1).join('\n'));
  const { plan: made } = await plan(perhaps);
  expect(made.warnings).toEqual([expect.stringMatching(/^SSH to pve01: .*host key/i)]);
});

test('a node that does not answer now brings a warning: it may be back when its step begins', async () => {
  await lab.simulator.control.crashNode('pve01');
  const { plan: made } = await plan(onOneNode);
  expect(made.warnings).toEqual([expect.stringContaining('SSH to pve01')]);
});

test('a plan is refused where a step names a node that there is none of', async () => {
  await expect(plan(onOneNode.replace('pve01', 'pve09'))).rejects.toMatchObject({
    type: 'InputInvalid',
    message: expect.stringContaining('pve09') as string,
  });
});
