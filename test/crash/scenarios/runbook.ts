import { z } from 'zod';
import type { SimulatorControl } from '../../../simulator';
import { runbookWorkflowId, workflowTypes } from '../../../src/domain/names';
import { sharedGuest, smallCluster } from '../../e2e/support/scenario';
import { withToken } from '../equipment/withToken';
import { startedAs } from './begin';
import { cameLate } from './lateRequest';
import type { CrashScenario } from './scenario';

const guests = [sharedGuest(101), sharedGuest(102, { status: 'stopped' })];
const note = 'noted by a runbook';

const text = `---
name: crash
description: For the crash matrix
requires: [api]
---

# Crash

## Steps

1. **Look** (API)
   \`\`\`http {#look capture="version=/version"}
   GET /version
   \`\`\`

2. **Copy** (API)
   \`\`\`http {#copy wait=task}
   POST /nodes/pve01/qemu/102/clone
   newid=201
   full=1
   \`\`\`

3. **Note** (API)
   \`\`\`http {#note}
   PUT /nodes/pve01/qemu/201/config
   description=${note}
   \`\`\`

4. **Start** (API)
   \`\`\`http {#start wait=task}
   POST /nodes/pve01/qemu/102/status/start
   \`\`\`

5. **Remove** (API)
   \`\`\`http {#remove wait=task destructive}
   DELETE /nodes/pve01/qemu/201
   \`\`\`
`;

/** A task that takes a while, a change without a task, a short task, a destructive one. */
export const runbook: CrashScenario = {
  name: 'runbook',
  title: 'runRunbook: a copy, a change without a task, a start, a removal',
  cluster: smallCluster('9', guests),
  speed: 20,
  equip: withToken('', { 'runbooks/crash.md': text }),
  begin: startedAs(workflowTypes.runRunbook, { runbook: 'crash', requestedBy: 'crash matrix' }),
  workflowId: (cluster) => runbookWorkflowId(cluster, 'crash', 'run'),
  spread: { standby: 3, temporal: 3 },
  momentsOf: ({ method }) => (method === 'GET' ? ['answer'] : ['request', 'answer', 'record', 'freeze']),
  makes: ({ type }, { path }) => (type === 'awaitTask') === path.includes('/tasks/UPID:'),
  referenceProblems: taskProblems,
  problems(control, result) {
    const report = reportSchema.safeParse(result);
    if (!report.success) return ['the workflow returned no report'];
    const open = report.data.steps.filter(({ outcome }) => outcome !== 'done');
    return [
      ...(report.data.outcome === 'done' ? [] : [`the report says ${report.data.outcome}`]),
      ...open.map(({ id, outcome }) => `the step ${id} is ${outcome}`),
      ...taskProblems(control),
    ];
  },
  subset: [
    { call: 'GET /version #1', moments: ['answer'] },
    { call: 'POST /nodes/pve01/qemu/102/clone #1', moments: ['request', 'answer', 'record'] },
    { call: 'PUT /nodes/pve01/qemu/201/config #1', moments: ['answer'] },
    { call: 'POST /nodes/pve01/qemu/102/status/start #1', moments: ['answer'] },
    { call: 'DELETE /nodes/pve01/qemu/201 #1', moments: ['request', 'answer'] },
  ],
};

const reportSchema = z.looseObject({
  outcome: z.string(),
  steps: z.array(z.looseObject({ id: z.string(), outcome: z.string() })),
});

/** Each task once: nothing was done twice. A start that came so late that it found the machine running changes nothing. */
function taskProblems(control: SimulatorControl): string[] {
  const types = control.cluster.tasks.all().map(({ parts }) => parts.type);
  return ['qmclone', 'qmstart', 'qmdestroy'].flatMap((type) => {
    const count = types.filter((it) => it === type).length;
    const isLate = type === 'qmstart' && count === 2 && cameLate(control, '/status/start');
    return count === 1 || isLate ? [] : [`${count} tasks ${type}`];
  });
}
