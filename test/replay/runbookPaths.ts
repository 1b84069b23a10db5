import type { WorkflowHandle } from '@temporalio/client';
import { runbookText, setRunbookStage, type RunbookStage } from '../e2e/support/runbookStage';
import { waitUntil } from '../support/waitUntil';

/** One path through runRunbook, played on a stage; its history is kept. */
interface RunbookPath {
  readonly name: string;
  readonly play: (stage: RunbookStage) => Promise<WorkflowHandle>;
}

/** The stage of every path. */
export const runbookStage = (): Promise<RunbookStage> => setRunbookStage();

const look = '1. **Look** (API)\n   ```http {#look capture="version=/version"}\n   GET /version\n   ```';
const start =
  '2. **Start** (API)\n   ```http {#start wait=task}\n   POST /nodes/pve01/qemu/103/status/start\n   ```';
const command = '3. **Look at the node** (SSH)\n   ```bash {#host on=pve01 read}\n   hostname\n   ```';
const counted =
  '4. **Each** (local)\n   ```bash {#each for-each=nodes as=it parallel=2}\n   echo {{it}}\n   ```';
const gate = '1. **Look at it** (human)\n   Look.';
const clean = '## Cleanup\n\n- **Clean** (local)\n  ```bash {#clean}\n  echo clean\n  ```';
const polled =
  '1. **Wait** (API)\n   ```http {#wait poll=1s timeout=3s on-timeout=continue}\n   GET /version\n   ```\n   Expected result: `never`';

async function run(
  stage: RunbookStage,
  name: string,
  steps: readonly string[],
  more: { readonly historyEventLimit?: number } = {},
) {
  stage.write(name, runbookText(name, steps.join('\n\n')));
  const running = await stage.start({ runbook: name, ...more });
  await running.approved();
  return running;
}

/** The paths whose histories are replayed in CI from now on. */
export const runbookPaths: readonly RunbookPath[] = [
  {
    name: 'plain',
    async play(stage) {
      const running = await run(stage, 'plain', [look, start, command, counted, clean]);
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'gate-and-poll',
    async play(stage) {
      const running = await run(stage, 'gated', [gate, polled.replace('1.', '2.')]);
      await running.decide(await running.decision(), 'done');
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'failed-and-cleaned-up',
    async play(stage) {
      const failing = '1. **Fail** (local)\n   ```bash {#fail}\n   false\n   ```';
      const running = await run(stage, 'failing', [failing, clean]);
      const first = await running.decision();
      await running.decide(first, 'retry');
      const second = await waitUntil('the second question', async () => {
        const decision = await running.decision();
        return decision.id === first.id ? undefined : decision;
      });
      await running.decide(second, 'cleanup');
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'destructive',
    async play(stage) {
      const running = await run(stage, 'destructive', [
        '1. **Find** (local)\n   ```bash {#find capture=vmid}\n   echo 103\n   ```',
        '2. **Remove** (API)\n   ```http {#remove wait=task destructive}\n   DELETE /nodes/pve01/qemu/{{vmid}}\n   ```',
      ]);
      await running.decide(await running.decision(), 'run');
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'cancelled',
    async play(stage) {
      const running = await run(stage, 'cancelled', [gate, clean]);
      await running.decision();
      await running.handle.executeUpdate('cancel', { args: [{ by: 'test' }] });
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'cancelled-and-polled-in-clean-up',
    async play(stage) {
      const [, reading = ''] = polled.split('1. ');
      const running = await run(stage, 'cancelled-polled', [gate, `## Cleanup\n\n1. ${reading}`]);
      await running.decision();
      await running.handle.executeUpdate('cancel', { args: [{ by: 'test' }] });
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'reading-ended-at-once',
    async play(stage) {
      const lasting = '1. **Wait** (local)\n   ```bash {#wait read}\n   tail -f /dev/null\n   ```';
      const running = await run(stage, 'lasting', [lasting, clean]);
      await running.reached(({ steps }) => steps.some(({ phase }) => phase === 'running'));
      await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'continued-as-new',
    async play(stage) {
      const steps = Array.from(
        { length: 9 },
        (_, at) => `${at + 1}. **Say** (local)\n   \`\`\`bash {#say-${at}}\n   echo ${at}\n   \`\`\``,
      );
      const running = await run(stage, 'long', steps, { historyEventLimit: 40 });
      await running.report();
      return running.handle;
    },
  },
];
