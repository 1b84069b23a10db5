import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { uniqueName } from '../support/temporal';
import { waitUntil } from '../support/waitUntil';
import { runbookText, setRunbookStage, type RunbookStage } from './support/runbookStage';
import { unasked } from './support/unasked';

const canary = 'canary-5b1d0e77';

let stage: RunbookStage;
beforeAll(async () => {
  stage = await setRunbookStage(undefined, 'secrets:\n  hook: { file: hook-secret }');
  writeFileSync(join(stage.lab.folder, 'hook-secret'), `${canary}\n`, { mode: 0o600 });
});
afterAll(async () => stage.close());

const started = () =>
  stage.lab.simulator.control
    .requests()
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/status/start'));

describe('a run of a runbook', () => {
  test('refuses a file with mistakes, each with its line and column', async () => {
    stage.write(
      'wrong',
      runbookText('wrong', '1. **Ask** (API)\n   ```http\n   GET /nodes/{{nodde}}/status\n   ```'),
    );
    const running = await stage.start({ runbook: 'wrong' });
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'refused', problem: { code: 'InputInvalid' } });
    expect(report.problem?.failed).toMatch(/wrong\.md:13:15 error: .*nodde/);
  });

  test('asks for another approval when the file was changed after the plan', async () => {
    const steps = '1. **Look** (API)\n   ```http\n   GET /version\n   ```';
    stage.write('drifting', runbookText('drifting', steps));
    const running = await stage.start({ runbook: 'drifting' });
    const first = await running.plan();
    stage.write(
      'drifting',
      runbookText('drifting', `${steps}\n\n2. **Look again** (API)\n   \`\`\`http\n   GET /nodes\n   \`\`\``),
    );
    await running.approved();
    await waitUntil('a new plan', async () => {
      const { planHash, waitingFor } = await running.progress();
      return waitingFor === 'approval' && !first.hash.startsWith(planHash ?? '-') ? true : undefined;
    });
    const second = await running.approved();
    expect(second.runbook.steps).toHaveLength(2);
    await expect(running.report()).resolves.toMatchObject({ outcome: 'done' });
  });

  test('asks when an answer is not the expected one, and can clean up', async () => {
    const marker = join(stage.lab.folder, 'cleaned');
    stage.write(
      'unexpected',
      runbookText(
        'unexpected',
        [
          '1. **Look** (API)\n   ```http {#look}\n   GET /version\n   ```\n   Expected result: `version 12`',
          '2. **Never** (local)\n   ```bash {#never}\n   echo never\n   ```',
          `## Cleanup\n\n- **Clean** (local)\n  \`\`\`bash {#clean}\n  echo cleaned > ${marker}\n  \`\`\``,
          '- **Only after a failure** (local)\n  ```bash {#after cleanup=on-failure}\n  echo failure\n  ```',
        ].join('\n\n'),
      ),
    );
    const running = await stage.start({ runbook: 'unexpected' });
    await running.approved();
    const decision = await running.decision();
    expect(decision.problem).toMatchObject({ code: 'NotAsExpected' });
    expect(decision.choices).toEqual(['retry', 'skip', 'cleanup', 'abort']);
    // Who only measures would wait for ever.
    const measured = unasked(running, running.report());
    await expect(measured).rejects.toThrow(`asks: ${decision.title}: `);
    await running.decide(decision, 'cleanup');
    const report = await running.report();
    expect(report.outcome).toBe('incomplete');
    expect(report.steps.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['look', 'failed'],
      ['never', 'notBegun'],
      ['clean', 'done'],
      ['after', 'done'],
    ]);
    expect(existsSync(marker)).toBe(true);
  });

  test('asks a person with what is known by then, and says which steps before were left out', async () => {
    const steps = [
      '1. **Find it** (local)\n   ```bash {#find capture=found}\n   echo VM 102\n   ```',
      '2. **Fail** (local)\n   ```bash {#fail}\n   false\n   ```',
      '3. **Look** (human)\n   Look at {{found}}.',
    ];
    stage.write('looking', runbookText('looking', steps.join('\n\n')));
    const running = await stage.start({ runbook: 'looking' });
    const plan = await running.approved();
    expect(plan.runbook.steps[2]?.shown).toContain('Look at {{found}}.');
    const failed = await running.decision();
    expect(failed.choices).not.toContain('replan');
    expect(failed.seen).toMatch(/^The steps before it are done, none after it is begun\./);
    await running.decide(failed, 'skip');
    const gate = await running.decision();
    expect(gate.problem.remedy).toBe('Look at VM 102.');
    expect(gate.seen).toBe('The steps before it are over (left out: Fail), none after it is begun.');
    await running.decide(gate, 'done');
    await running.report();
  });

  test('asks before it destroys what it learnt only on the way', async () => {
    stage.write(
      'destroying',
      runbookText(
        'destroying',
        [
          '1. **Find it** (local)\n   ```bash {#find capture=vmid}\n   echo 102\n   ```',
          '2. **Stop it** (API)\n   ```http {#halt wait=task}\n   POST /nodes/pve01/qemu/{{vmid}}/status/stop\n   ```',
          '3. **Remove it** (API)\n   ```http {#remove wait=task destructive}\n   DELETE /nodes/pve01/qemu/{{vmid}}\n   ```',
        ].join('\n\n'),
      ),
    );
    const running = await stage.start({ runbook: 'destroying' });
    const plan = await running.approved();
    expect(plan).toMatchObject({ destroys: [], asksBefore: ['remove'] });
    const decision = await running.decision();
    expect(decision).toMatchObject({ kind: 'destructive', choices: ['run', 'skip', 'abort'] });
    expect(decision.problem.attempted).toContain('DELETE /nodes/pve01/qemu/102');
    expect(stage.lab.simulator.control.guests().some(({ vmid }) => vmid === 102)).toBe(true);
    await running.decide(decision, 'run');
    await expect(running.report()).resolves.toMatchObject({ outcome: 'done', captures: { vmid: 102 } });
    expect(stage.lab.simulator.control.guests().some(({ vmid }) => vmid === 102)).toBe(false);
  });

  test('goes on in another worker without sending a request twice', async () => {
    const hold = stage.lab.simulator.control.holdRequest(
      { method: 'POST', path: '/nodes/pve01/qemu/103/status/start' },
      'before answering',
    );
    stage.write(
      'starting',
      runbookText(
        'starting',
        '1. **Start** (API)\n   ```http {#start wait=task}\n   POST /nodes/pve01/qemu/103/status/start\n   ```',
      ),
    );
    const running = await stage.start({ runbook: 'starting' });
    await running.approved();
    await hold.arrived;
    await stage.stopWorkers();
    hold.release();
    await stage.startWorker();
    await expect(running.report()).resolves.toMatchObject({ outcome: 'done', decisions: [] });
    expect(started()).toHaveLength(1);
  });

  test('asks when a command on a node was cut in the middle', async () => {
    stage.lab.simulator.control.faultCommand(
      { line: '*touch*' },
      { moment: 'before answering', then: 'drop' },
    );
    stage.write(
      'cut',
      runbookText('cut', '1. **Touch** (SSH)\n   ```bash {#touch on=pve02}\n   touch /root/touched\n   ```'),
    );
    const running = await stage.start({ runbook: 'cut' });
    await running.approved();
    const decision = await running.decision();
    expect(decision.problem.code).toBe('OutcomeUnknown');
    await running.decide(decision, 'skip');
    await expect(running.report()).resolves.toMatchObject({ outcome: 'incomplete' });
  });

  test('kills a command of this machine with its children when it is ended at once', async () => {
    const pids = join(stage.lab.folder, 'pids');
    stage.write(
      'long',
      runbookText(
        'long',
        `1. **Wait** (local)\n   \`\`\`bash {#wait}\n   sleep 300 & echo "$$ $!" > ${pids}; wait\n   \`\`\``,
      ),
    );
    const running = await stage.start({ runbook: 'long' });
    await running.approved();
    const both = await waitUntil('the processes', async () => {
      const text = existsSync(pids) ? readFileSync(pids, 'utf8').trim() : '';
      return Promise.resolve(text === '' ? undefined : text.split(' ').map(Number));
    });
    await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
    await expect(running.report()).resolves.toMatchObject({ outcome: 'cancelled' });
    // A child whose parent has gone is a process until the system has buried it.
    await waitUntil('their end', async () => Promise.resolve(both.some(isAlive) ? undefined : true));
  });

  test.each([
    ['reads', 'wait', '', ''],
    ['reads again and again', 'wait-often', ' poll=1s timeout=10m', '\n   Expected result: `over`'],
  ])(
    'kills a command of this machine that only %s, with its children, when it is ended at once',
    async (_, name, options, expected) => {
      const mark = `pxm-${uniqueName(name)}`;
      stage.write(
        name,
        runbookText(
          name,
          `1. **Wait** (local)\n   \`\`\`bash {#wait read${options}}\n   tail -f /dev/null ${mark}; echo over\n   \`\`\`${expected}`,
        ),
      );
      const running = await stage.start({ runbook: name });
      await running.approved();
      const pids = await waitUntil('the processes', async () => processesWith(mark));
      await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
      await expect(running.report()).resolves.toMatchObject({
        outcome: 'cancelled',
        steps: [{ outcome: 'failed', problem: { code: 'Interrupted' } }],
      });
      await waitUntil('their end', async () => Promise.resolve(pids.some(isAlive) ? undefined : true));
    },
  );

  test('leaves a command of a node that only reads when it is ended at once', async () => {
    const hold = stage.lab.simulator.control.holdCommand({ line: '*hostname*' }, 'before answering');
    stage.write(
      'asking',
      runbookText('asking', '1. **Ask** (SSH)\n   ```bash {#ask on=pve02 read}\n   hostname\n   ```'),
    );
    const running = await stage.start({ runbook: 'asking' });
    await running.approved();
    await hold.arrived;
    await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
    await expect(running.report()).resolves.toMatchObject({
      outcome: 'cancelled',
      steps: [{ outcome: 'failed', problem: { code: 'Interrupted' } }],
    });
    hold.release();
  });

  test('keeps secrets out of its history and its report, also where a command shows them', async () => {
    stage.write(
      'secretive',
      runbookText(
        'secretive',
        '1. **Show it** (local)\n   ```bash {#show stdin="{{secret:hook}}" capture=shown}\n   cat; cat | base64\n   ```',
        'secrets:\n  hook: what a hook wants',
      ),
    );
    const running = await stage.start({ runbook: 'secretive' });
    const plan = await running.approved();
    expect(plan.runbook.steps[0]?.shown).toContain('[secret hook]');
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'done', captures: { shown: '[secret]' } });
    const history = readable(JSON.parse(historyToJSON(await running.handle.fetchHistory())));
    for (const form of [canary, Buffer.from(canary).toString('base64').replace(/=+$/, '')]) {
      expect(history).toContain('secretive');
      expect(history).not.toContain(form);
      expect(JSON.stringify(report)).not.toContain(form);
    }
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The processes of this machine on whose command lines the mark stands; undefined if there is none. */
async function processesWith(mark: string): Promise<readonly number[] | undefined> {
  const pids = readdirSync('/proc').filter((it) => /^\d+$/.test(it));
  const found = pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
  return Promise.resolve(found.length < 2 ? undefined : found.map(Number));
}

/** All texts of a history, payloads decoded. */
function readable(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, inner]: [string, unknown]) =>
      key === 'data' && typeof inner === 'string' ? Buffer.from(inner, 'base64').toString() : readable(inner),
    )
    .join('\n');
}
