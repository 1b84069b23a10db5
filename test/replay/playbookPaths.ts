import type { WorkflowHandle } from '@temporalio/client';
import { takeSnapshot } from '../../src/client/operations/snapshot';
import { playbook } from '../ansible/support/tree';
import { setClusterPlaybookStage, type ClusterPlaybookStage } from '../e2e/support/clusterPlaybookStage';
import { profileText } from '../e2e/support/clusterStage';
import { setPlaybookStage, type PlaybookStage } from '../e2e/support/playbookStage';
import { waitUntil } from '../support/waitUntil';
import { playWhole, profile } from './clusterPaths';

/** One path through runPlaybook, played on a stage; its history is kept. */
interface PlaybookPath {
  readonly name: string;
  readonly play: (stage: PlaybookStage) => Promise<WorkflowHandle>;
}

/** The stage of every path. */
export const playbookStage = (): Promise<PlaybookStage> =>
  setPlaybookStage({ vault: 'of the recorder', database: 'of the recorder' });

const say = { name: 'Say it', 'ansible.builtin.debug': { msg: 'hello' } };
const fail = { name: 'Fail', 'ansible.builtin.fail': { msg: 'no room' } };
const last = { name: 'Last', 'ansible.builtin.command': 'sleep 600' };

/** The paths whose histories are replayed in CI from now on. */
export const playbookPaths: readonly PlaybookPath[] = [
  {
    name: 'plain',
    async play(stage) {
      stage.write('playbooks/plain.yaml', playbook('here', [say]));
      const running = await stage.start({ playbook: 'plain', estimate: true });
      await running.approved();
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'failed-and-decided',
    async play(stage) {
      stage.write('playbooks/failing.yaml', playbook('alpha', [fail]));
      const running = await stage.start({ playbook: 'failing' });
      await running.approved();
      const first = await running.decision();
      await running.decide(first, 'retry');
      const second = await waitUntil('the second question', async () => {
        const decision = await running.decision();
        return decision.id === first.id ? undefined : decision;
      });
      await running.decide(second, 'skip');
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'cancelled',
    async play(stage) {
      stage.write('playbooks/lasting.yaml', playbook('alpha', [last]));
      const running = await stage.start({ playbook: 'lasting' });
      await running.approved();
      await waitUntil('its task', async () => {
        const seen = await takeSnapshot(stage.temporal.client, running.handle.workflowId);
        return seen.playbook?.task === 'Last' || undefined;
      });
      await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
      await running.report();
      return running.handle;
    },
  },
];

/** The one path of a cluster on whose machine a playbook is run: its change, and what keeps it. */
export const clusterPlaybookPath = {
  name: 'with-playbooks',
  stage: async (clean: (undo: () => unknown) => void): Promise<ClusterPlaybookStage> => {
    const stage = await setClusterPlaybookStage(clean);
    const text = profileText(profile, 'type: plain\nplaybooks: [greet]');
    stage.writeProfile(profile, text.replace('count: 3', 'count: 1'));
    stage.openGate();
    return stage;
  },
  play: (stage: ClusterPlaybookStage): Promise<WorkflowHandle> => playWhole(stage, 'create'),
} as const;
