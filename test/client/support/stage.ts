import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type {
  EvacuationActivities,
  StartArguments,
  WatchArguments,
} from '../../../src/activities/evacuation/contract';
import type { LedgerActivities } from '../../../src/activities/ledger/contract';
import type { OperationActivities } from '../../../src/activities/shared/contract';
import { problem } from '../../../src/domain/errors';
import type { EvacuationReport } from '../../../src/domain/report';
import type { TaskProgress } from '../../../src/domain/progress';
import { evacuationWorkflowId, taskQueueOf } from '../../../src/domain/names';
import { runTestWorker, temporalServer, uniqueName, type TestWorker } from '../../support/temporal';
import { temporaryFolder } from './cli';
import { planOf } from './plan';

const gib = 1024 ** 3;

/**
 * A stage for the CLI: the real workflows on a real Temporal server, and in place of a cluster activities that
 * do as the test says: which guests there are, which starts fail, when a copy ends.
 */
export interface ClientStage {
  readonly cluster: string;
  readonly configFile: string;
  /** The ID of the evacuation of pve01. */
  readonly workflowId: string;
  /** Guests on pve01 that can be moved; a plan shows what it is at that moment. */
  guests: number[];
  /** Guests whose next start fails once. */
  readonly failingStarts: Set<number>;
  /** So many looks at the cluster fail because the node is down. */
  failingPlans: number;
  /** While true, a look at the cluster that does not fail takes on. */
  holdPlans: boolean;
  /** While true, Proxmox refuses the token, also of those that watch a copy. */
  tokenRefused: boolean;
  /** While true, copies stay half done. */
  holdCopies: boolean;
  /** Reported once by the check of an approved plan. */
  drift: string[];
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

/** Sets the stage: a state folder, a configuration, the connection to the run's server, no worker yet. */
export async function setClientStage(): Promise<ClientStage> {
  const folder = temporaryFolder();
  const cluster = uniqueName('lab');
  const { address } = await temporalServer();
  process.env['TEMPORAL_ADDRESS'] = address;
  process.env['PXM_STATE_FOLDER'] = folder;
  const configFile = join(folder, 'cluster-config.yaml');
  writeFileSync(configFile, configText(cluster));
  let worker: TestWorker | undefined;
  const stage: ClientStage = {
    cluster,
    configFile,
    workflowId: evacuationWorkflowId(cluster, 'pve01'),
    guests: [101, 102],
    failingStarts: new Set(),
    failingPlans: 0,
    holdPlans: false,
    tokenRefused: false,
    holdCopies: false,
    drift: [],
    async startWorker() {
      const activities = activitiesOf(stage, join(folder, 'reports'));
      worker = await runTestWorker({ taskQueue: taskQueueOf(cluster), activities });
    },
    async stopWorker() {
      await worker?.stop();
      worker = undefined;
    },
    async close() {
      stage.holdCopies = false;
      stage.holdPlans = false;
      await stage.stopWorker();
    },
  };
  return stage;
}

function configText(cluster: string): string {
  const nodes = [1, 2, 3].map((n) => `    - { name: pve0${n}, host: 127.0.0.${n}, port: 1 }`);
  return `cluster:\n  name: ${cluster}\n  nodes:\n${nodes.join('\n')}\ncredentials:\n  file: api-token\n`;
}

type Activities = EvacuationActivities & OperationActivities & LedgerActivities;

function activitiesOf(stage: ClientStage, reports: string): Activities {
  return {
    async planEvacuation() {
      stage.failingPlans -= 1;
      if (stage.failingPlans >= 0) throw nodeDown();
      const context = Context.current();
      while (stage.holdPlans) {
        context.heartbeat();
        await context.sleep(50);
      }
      return { plan: planOf(stage.cluster, stage.guests), changes: [] };
    },
    checkEvacuationPlan: () => Promise.resolve({ differences: stage.drift.splice(0), knownTasks: {} }),
    startMigration({ move }: StartArguments) {
      if (stage.tokenRefused) return Promise.reject(refusedToken());
      if (stage.failingStarts.delete(move.vmid)) return Promise.reject(failure(move.vmid));
      return Promise.resolve({ kind: 'started', upid: upidOf(move.vmid) });
    },
    async copyEnding(input: WatchArguments) {
      await copy(stage, input);
      return { kind: 'copyEnding', bytesPerSecond: gib };
    },
    awaitMigration({ move }: WatchArguments) {
      stage.guests = stage.guests.filter((vmid) => vmid !== move.vmid);
      const figures = { copiedBytes: 8 * gib, downtimeMs: 40 };
      return Promise.resolve({ kind: 'ended', succeeded: true, exit: 'OK', logTail: [], ...figures });
    },
    proveMove({ move }) {
      if (stage.tokenRefused) return Promise.reject(refusedToken());
      const moved = !stage.guests.includes(move.vmid);
      const node = moved ? 'pve02' : 'pve01';
      const where = moved ? 'target' : 'source';
      const seen = `VM ${move.vmid} runs on ${node}`;
      return Promise.resolve({ where, node, running: true, leftovers: [], seen });
    },
    listNode() {
      const left = [...stage.guests.map((vmid) => `web-${vmid}`), 'base-image'];
      const guests = left.map((name) => ({
        vmid: Number(name.slice(4)) || 900,
        name,
        kind: 'qemu' as const,
      }));
      return Promise.resolve({ listed: true, guests });
    },
    abortMigration: () => (stage.tokenRefused ? Promise.reject(refusedToken()) : Promise.resolve()),
    awaitCredentials: () => (stage.tokenRefused ? Promise.reject(refusedToken(false)) : Promise.resolve()),
    releaseLeases: () => Promise.resolve(),
    closedHolders: () => Promise.resolve([]),
    writeReport(report: EvacuationReport) {
      mkdirSync(reports, { recursive: true });
      writeFileSync(join(reports, `${report.firstExecutionRunId}.json`), JSON.stringify(report));
      return Promise.resolve();
    },
  };
}

/** Half of the copy at once, the other half when the test lets it. */
async function copy(stage: ClientStage, { move, upid }: WatchArguments): Promise<void> {
  const context = Context.current();
  do {
    if (stage.tokenRefused) throw refusedToken();
    const progress: TaskProgress = {
      upid,
      vmid: move.vmid,
      copiedBytes: 4 * gib,
      totalBytes: 8 * gib,
      bytesPerSecond: gib,
      lastLine: 'migration active, transferred 4.0 GiB of 8.0 GiB VM-state, 1.0 GiB/s',
      secondsLeft: 4,
    };
    context.heartbeat(progress);
    await context.sleep(50);
  } while (stage.holdCopies);
}

function upidOf(vmid: number): string {
  return `UPID:pve01:0000ABCD:00112233:66554433:qmigrate:${vmid}:root@pam:`;
}

/** Nobody tries again with it, but the wait for credentials itself does. */
function refusedToken(nonRetryable = true): ApplicationFailure {
  const it = problem('TokenRefused', {
    attempted: 'POST on pve01',
    failed: 'the token was refused',
    status: 401,
  });
  return ApplicationFailure.create({ type: it.code, message: it.failed, details: [it], nonRetryable });
}

function nodeDown(): ApplicationFailure {
  const it = problem('NodeUnreachable', {
    attempted: 'GET /nodes/pve01/qemu on pve02',
    failed: 'no route to host (HTTP status 595)',
  });
  return ApplicationFailure.create({ type: it.code, message: it.failed, details: [it] });
}

function failure(vmid: number): ApplicationFailure {
  const it = problem('ProxmoxFailed', {
    attempted: `POST /nodes/pve01/qemu/${vmid}/migrate on pve01`,
    failed: 'the node refused',
    proxmoxSaid: `can't migrate running VM without --online`,
    status: 500,
    logTail: ['last words of the task'],
  });
  return ApplicationFailure.create({ type: it.code, message: it.failed, details: [it], nonRetryable: true });
}
