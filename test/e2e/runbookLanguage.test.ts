import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../support/waitUntil';
import { runbookText, setRunbookStage, type RunbookStage } from './support/runbookStage';

let stage: RunbookStage;
beforeAll(async () => {
  stage = await setRunbookStage(undefined, 'vmid_ranges:\n  vms: 101-999');
});
afterAll(async () => stage.close());

/** Writes, starts and approves. */
async function run(name: string, steps: string, frontMatter = '') {
  stage.write(name, runbookText(name, steps, frontMatter));
  const running = await stage.start({ runbook: name });
  await running.approved();
  return running;
}

function outcomes(report: { readonly steps: readonly { readonly id: string; readonly outcome: string }[] }) {
  return Object.fromEntries(report.steps.map(({ id, outcome }) => [id, outcome]));
}

test('steps are left out by their conditions, repeated for items and nodes, and gather what these capture', async () => {
  const running = await run(
    'conditions',
    `
1. **List** (local)
   \`\`\`bash {#list capture=names}
   printf 'one\\ntwo\\nthree\\n'
   \`\`\`

2. **Each** (local)
   \`\`\`bash {#each for-each=names as=it parallel=2 capture=lengths}
   printf %s {{it}} | wc -c
   \`\`\`

3. **Not now** (local)
   \`\`\`bash {#left when="names == 'other'"}
   echo never
   \`\`\`

4. **So already** (local)
   \`\`\`bash {#already unless="lengths"}
   echo never
   \`\`\`

5. **Everywhere** (SSH)
   \`\`\`bash {#hosts on=every read capture=hosts}
   hostname
   \`\`\`

6. **Some fail** (local)
   \`\`\`bash {#some for-each=names as=it on-error=continue}
   test {{it}} != two
   \`\`\`
`,
  );
  const report = await running.report();
  expect(outcomes(report)).toEqual({
    ...{ list: 'done', 'each/1': 'done', 'each/2': 'done', 'each/3': 'done' },
    ...{ left: 'skipped', already: 'skipped' },
    ...{ 'hosts/pve01': 'done', 'hosts/pve02': 'done', 'hosts/pve03': 'done' },
    ...{ 'some/1': 'done', 'some/2': 'failed', 'some/3': 'done' },
  });
  expect(report.captures).toEqual({
    names: 'one\ntwo\nthree',
    lengths: [3, 3, 5],
    hosts: ['pve01', 'pve02', 'pve03'],
  });
  expect(report.outcome).toBe('incomplete');
});

test('a reading is repeated with durable timers until it is as expected, or its time is over', async () => {
  const file = join(stage.lab.folder, 'state');
  writeFileSync(file, 'starting');
  const running = await run(
    'polling',
    `
1. **Wait for it** (local)
   \`\`\`bash {#wait poll=1s timeout=1m}
   cat ${file}
   \`\`\`
   Expected result: \`ready\`

2. **In vain** (local)
   \`\`\`bash {#vain poll=1s timeout=2s on-timeout=continue}
   cat ${file}
   \`\`\`
   Expected result: \`never\`
`,
  );
  await waitUntil('a timer', async () => {
    const { events } = await running.handle.fetchHistory();
    return events?.some(
      (it) => it.timerStartedEventAttributes != null && it.activityTaskCompletedEventAttributes == null,
    )
      ? true
      : undefined;
  });
  writeFileSync(file, 'ready');
  const report = await running.report();
  expect(outcomes(report)).toEqual({ wait: 'done', vain: 'done' });
  expect(report.steps[1]?.warnings.join()).toContain('the runbook says to go on');
});

test('a step for a person waits for its answer, and a runbook can end itself', async () => {
  const running = await run(
    'gated',
    `
1. **Look at the light** (human)
   It has to be green.

2. **Enough** (API)
   \`\`\`builtin {#enough when="wanted"}
   stop
   because=the light is green
   \`\`\`

3. **Never** (local)
   \`\`\`bash {#never}
   echo never
   \`\`\`
`,
    'params:\n  wanted:\n    type: boolean\n    default: true',
  );
  const decision = await running.decision();
  expect(decision).toMatchObject({ kind: 'gate', choices: ['done', 'abort'] });
  expect(decision.problem.remedy).toContain('It has to be green.');
  await running.decide(decision, 'done');
  const report = await running.report();
  expect(report.outcome).toBe('done');
  expect(report.summary).toContain('the light is green');
  expect(outcomes(report)).toMatchObject({ 'step-1': 'done', enough: 'stopped', never: 'notBegun' });
});

test('built-ins find a VMID, a node and a task, and make a table', async () => {
  const running = await run(
    'builtins',
    `
1. **A VMID** (API)
   \`\`\`builtin {#vmid capture=vmid}
   allocate_vmid
   range=vms
   \`\`\`

2. **A node** (API)
   \`\`\`builtin {#pick capture=target}
   pick_node
   except=pve01
   \`\`\`

3. **Begin** (API)
   \`\`\`http {#begin capture=task}
   POST /nodes/pve01/qemu/103/status/start
   \`\`\`

4. **Wait** (API)
   \`\`\`builtin {#wait}
   wait_task
   upid={{task}}
   \`\`\`

5. **The nodes** (API)
   \`\`\`http {#nodes capture=nodes}
   GET /cluster/status
   \`\`\`

6. **Show** (API)
   \`\`\`builtin {#show}
   report_table
   rows={{nodes}}
   columns=name,type
   \`\`\`
`,
  );
  const report = await running.report();
  expect(report.outcome).toBe('done');
  expect(report.captures).toMatchObject({ vmid: 105 });
  expect(['pve02', 'pve03']).toContain(report.captures['target']);
  expect(report.steps.at(-1)?.output).toMatch(/^name +type\n/);
});

test('two runs at once never get the same VMID', async () => {
  const steps = `
1. **A VMID** (API)
   \`\`\`builtin {#vmid capture=vmid}
   allocate_vmid
   range=vms
   \`\`\`

2. **Go on** (human)

   Both have one.
`;
  const runs = [await run('one', steps), await run('other', steps)];
  for (const running of runs) await running.decide(await running.decision(), 'done');
  const reports = await Promise.all(runs.map(async (running) => running.report()));
  expect(reports.map(({ captures }) => typeof captures['vmid'])).toEqual(['number', 'number']);
  expect(new Set(reports.map(({ captures }) => captures['vmid'])).size).toBe(2);
});

test('files are written here and on a node, and a called runbook is done in its place', async () => {
  stage.write(
    'callee',
    runbookText(
      'callee',
      `
1. **Say** (local)
   \`\`\`bash {#say capture=said}
   echo "called with {{word}}"
   \`\`\`

2. **Repeat** (local)
   \`\`\`bash {#repeat}
   echo "{{said}}!"
   \`\`\`
   Expected result: \`called with greetings!\`
`,
      'params:\n  word:\n    type: string',
    ),
  );
  const running = await run(
    'files',
    `
1. **Here** (local)
   \`\`\`text {#here file=written-here.txt}
   here
   \`\`\`

2. **There** (SSH)
   \`\`\`text {#there file=/root/written-there.txt on=pve02 mode=0600}
   there
   \`\`\`

3. **Call it** (runbook)
   \`\`\`runbook {#call}
   callee
   word=greetings
   \`\`\`
`,
  );
  const report = await running.report();
  expect(outcomes(report)).toEqual({
    here: 'done',
    there: 'done',
    'call.say': 'done',
    'call.repeat': 'done',
  });
  expect(readFileSync(join(stage.lab.folder, 'written-here.txt'), 'utf8')).toBe('here\n');
  expect(stage.lab.simulator.control.files('pve02').read('/root/written-there.txt').toString()).toBe(
    'there\n',
  );
});

test('a long run goes on in new runs of the workflow with what it captured', async () => {
  const steps = Array.from({ length: 12 }, (_, index) =>
    [
      `${index + 1}. **Count** (local)`,
      `    \`\`\`bash {#count-${index + 1} capture=c${index + 1}}`,
      `    echo "${index === 0 ? '' : `{{c${index}}}`}x"`,
      '    ```',
    ].join('\n'),
  ).join('\n\n');
  stage.write('counting', runbookText('counting', steps));
  const running = await stage.start({ runbook: 'counting', historyEventLimit: 40 });
  await running.approved();
  const report = await running.report();
  expect(report).toMatchObject({ outcome: 'done', captures: { c12: 'x'.repeat(12) } });
  const { raw } = await running.handle.describe();
  const info = raw.workflowExecutionInfo;
  expect(info?.firstRunId).not.toBe(info?.execution?.runId);
});

test('a cancelled run is cleaned up, its readings at their pace; what was not begun is not begun', async () => {
  const marker = join(stage.lab.folder, 'gate-cleaned');
  const asked = join(stage.lab.folder, 'asked');
  const running = await run(
    'cancelled',
    `
1. **Wait for a person** (human)
   Do nothing.

2. **Never** (local)
   \`\`\`bash {#never}
   echo never
   \`\`\`

## Cleanup

- **Clean** (local)
  \`\`\`bash {#clean}
  echo cleaned > ${marker}
  \`\`\`

- **Look whether it is gone** (local)
  \`\`\`bash {#gone poll=1s timeout=3s on-timeout=continue}
  echo asked | tee -a ${asked}
  \`\`\`
  Expected result: \`gone\`
`,
  );
  await running.decision();
  await running.handle.executeUpdate('cancel', { args: [{ by: 'test' }] });
  const report = await running.report();
  expect(report.outcome).toBe('cancelled');
  expect(outcomes(report)).toMatchObject({ never: 'notBegun', clean: 'done', gone: 'done' });
  expect(readFileSync(marker, 'utf8')).toBe('cleaned\n');
  expect(readFileSync(asked, 'utf8').trim().split('\n').length).toBeLessThanOrEqual(4);
});
