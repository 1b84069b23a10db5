import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioInput } from '../../../../simulator';
import type { Decision, DecisionChoice } from '../../../../src/domain/decision';
import type { RunbookReport } from '../../../../src/domain/runbookReport';
import { setRunbookStage, type RunbookStage, type RunningRunbook } from '../../../e2e/support/runbookStage';
import { sharedGuest, smallCluster, type ProxmoxVersion } from '../../../e2e/support/scenario';
import { waitUntil } from '../../../support/waitUntil';
import { maintenanceRuns, templateRuns, type ShippedRun } from './runs';
import { startUpstream, type Upstream } from './upstream';

/** The public key of whoever may log in to new machines. */
export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ada@lab';

/** Sections of cluster-config.yaml that templates go by. */
const conventions = `
defaults:
  storage: local-lvm
  network_bridge: vmbr0
  cpu: host
cloudinit:
  default_user: ada
  ssh_keys_source: keys
  vendor_snippet_path: /var/lib/vz/snippets/
`;

/** The snippet that a run replaces. */
const oldSnippet = { path: '/var/lib/vz/snippets/old-vendor.yaml', content: '#cloud-config\n{}\n' };
const nodes = ['pve01', 'pve02', 'pve03'];

function cluster(version: ProxmoxVersion): ScenarioInput {
  const guests = [
    sharedGuest(101, { snapshots: [{ name: 'old' }] }),
    sharedGuest(102),
    sharedGuest(103, { status: 'stopped' }),
  ];
  const content = ['iso', 'import', 'snippets'];
  return smallCluster(version, guests, {
    storages: [
      { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
      { id: 'local', type: 'dir', content, path: '/var/lib/vz' },
      { id: 'nfs', type: 'nfs', content: ['images'] },
    ],
    files: nodes.map((node) => ({ ...oldSnippet, node })),
  });
}

/** A run as it was, and where. */
export interface ShippedOutcome {
  readonly report: RunbookReport;
  readonly node: string;
  readonly vmid: number;
}

/** A simulated cluster with all that shipped runbooks need, and what they download. */
export interface ShippedStage {
  readonly stage: RunbookStage;
  readonly upstream: Upstream;
  /** Runs each of them once, a few at a time; the outcomes by runbook. */
  runAll(): Promise<ReadonlyMap<string, PromiseSettledResult<ShippedOutcome>>>;
  /** Starts one, approves its plan and answers its questions with `answer` to its end. */
  run(run: ShippedRun, place: Place, answer: (question: Decision) => DecisionChoice): Promise<ShippedOutcome>;
  close(): Promise<void>;
}

interface Place {
  readonly node: string;
  readonly vmid: number;
}

const atOnce = 6;
const firstVmid = 500;

/** Sets the stage. Close it. */
export async function setShippedStage(version: ProxmoxVersion): Promise<ShippedStage> {
  const upstream = await startUpstream();
  const stage = await setRunbookStage(cluster(version), conventions);
  const { control } = stage.lab.simulator;
  control.setSpeed(200);
  writeFileSync(join(stage.lab.folder, 'keys'), `# of the lab\n${publicKey}\n`);
  // What the disks of a node say is not simulated.
  for (const line of ['*smartctl*', '*df --output*']) {
    control.faultCommand(
      { line, times: 10 },
      { moment: 'before handling', then: { exitCode: 0, stderr: '' } },
    );
  }

  async function run(
    { runbook, parameters, ...it }: ShippedRun,
    { node, vmid }: Place,
    answer: (question: Decision) => DecisionChoice,
  ): Promise<ShippedOutcome> {
    const published = upstream.publish({ runbook, parameters, ...it });
    stage.write(runbook, published.text);
    const asks = (name: string) =>
      published.text.includes(`\n  ${name}: {`) || published.text.includes(`\n  ${name}:\n`);
    const running = await stage.start({
      runbook,
      parameters: {
        ...(asks('node') ? { node } : {}),
        ...(asks('vmid') ? { vmid: String(vmid) } : {}),
        ...published.parameters,
        ...parameters,
      },
    });
    await running.approved();
    return { report: await ended(running, answer), node, vmid };
  }

  async function runOne(it: ShippedRun, index: number): Promise<ShippedOutcome> {
    const isMade = it.vmid === undefined && it.runbook !== 'from-vm';
    const node = nodes[isMade ? index % nodes.length : 0] ?? '';
    const vmid = it.vmid ?? firstVmid + index;
    return run(it, { node, vmid }, (question) => {
      if (question.kind !== 'gate') throw new Error(`${it.runbook} asks: ${JSON.stringify(question)}`);
      it.person?.(control, vmid);
      return 'done';
    });
  }

  return {
    ...{ stage, upstream, run },
    async runAll() {
      const waiting = [...templateRuns, ...maintenanceRuns].map((it, index) => ({ it, index }));
      const outcomes = new Map<string, PromiseSettledResult<ShippedOutcome>>();
      const lane = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const [outcome] = await Promise.allSettled([runOne(next.it, next.index)]);
          outcomes.set(next.it.runbook, outcome);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, lane));
      return outcomes;
    },
    async close() {
      await stage.close();
      await upstream.close();
    },
  };
}

async function ended(
  running: RunningRunbook,
  answer: (question: Decision) => DecisionChoice,
): Promise<RunbookReport> {
  return waitUntil('the end of the run', async () => {
    const { phase } = await running.progress();
    if (phase === 'closed') return running.report();
    const decisions = await running.handle.query<Decision[]>('decisions');
    const open = decisions.find((it) => it.answer === undefined);
    if (open !== undefined) await running.decide(open, answer(open));
    return undefined;
  });
}
