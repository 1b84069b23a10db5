/**
 * Records the histories that CI replays: `npm run histories`. Run it when a workflow has changed on purpose, and
 * keep the histories of released versions beside the new ones. `npm run histories -- readCluster` records only those
 * of one workflow, `-- talos` those of Talos clusters, `-- changeCluster adopted` only that path.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { createLedgerClient } from '../../src/activities/ledger/client';
import { ledgerWorkflowId, workflowTypes } from '../../src/domain/names';
import type { ConnectedClient } from '../../src/temporal/connection';
import type { ClusterStage } from '../e2e/support/clusterStage';
import { smallCluster } from '../e2e/support/scenario';
import { setStage } from '../e2e/support/stage';
import { accessPaths, accessStage } from './accessPaths';
import { clusterPaths, clusterStage, keeperOf } from './clusterPaths';
import { ledgerPaths } from './ledgerPaths';
import { evacuationPaths, readingPath } from './paths';
import { clusterPlaybookPath, playbookPaths, playbookStage } from './playbookPaths';
import { removalPaths } from './removalPaths';
import { runbookPaths, runbookStage } from './runbookPaths';
import { talosPaths, talosStageOf } from './talosPaths';
import { templatePaths, templateStage } from './templatePaths';
import setup from '../support/temporalGlobalSetup';
import teardown from '../support/temporalGlobalTeardown';

const folder = join(__dirname, 'histories');
const [, , only, ...onlyPaths] = process.argv;

/** Those that were asked for; without a name all of them. */
function chosen<Path extends { readonly name: string }>(paths: readonly Path[]): readonly Path[] {
  return onlyPaths.length === 0 ? paths : paths.filter(({ name }) => onlyPaths.includes(name));
}

async function keep(
  stage: { readonly temporal: ConnectedClient },
  workflowId: string,
  name: string,
  runId?: string,
): Promise<void> {
  const handle = stage.temporal.client.workflow.getHandle(workflowId, runId);
  const history = await handle.fetchHistory();
  const text = JSON.stringify(withoutPlaces(JSON.parse(historyToJSON(history))), undefined, 1);
  await writeFile(join(folder, `${name}.json`), `${text}\n`);
}

/** Stack traces and identities tell of the machine that recorded; replay does not need them. */
function withoutPlaces(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^\d+@[\w.-]+( proxmox\/.*)?$/, 'recorder');
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'stackTrace');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPlaces(inner)]));
}

async function recordEvacuations(): Promise<void> {
  for (const path of chosen(evacuationPaths)) {
    const stage = await setStage(path.stage);
    try {
      const { handle } = await path.play(stage);
      const { raw } = await handle.describe();
      const firstRunId = raw.workflowExecutionInfo?.firstRunId;
      await keep(stage, handle.workflowId, `evacuateNode.${path.name}`);
      if (path.name === 'continued-as-new' && firstRunId != null) {
        await keep(stage, handle.workflowId, `evacuateNode.${path.name}.first-run`, firstRunId);
      }
      if (path.name === 'plain') await keep(stage, ledgerWorkflowId(stage.cluster), 'ledger.plain');
    } finally {
      await stage.close();
    }
    process.stdout.write(`recorded ${path.name}\n`);
  }
}

async function recordReading(): Promise<void> {
  const stage = await setStage(readingPath.stage);
  try {
    const handle = await readingPath.play(stage);
    await keep(stage, handle.workflowId, `readCluster.${readingPath.name}`);
  } finally {
    await stage.close();
  }
  process.stdout.write(`recorded ${readingPath.name}\n`);
}

async function recordLedger(): Promise<void> {
  for (const { name, play } of chosen(ledgerPaths)) {
    const stage = await setStage({ scenario: smallCluster('9', []) });
    try {
      await play(createLedgerClient(stage.temporal.client, stage.cluster));
      await keep(stage, ledgerWorkflowId(stage.cluster), `ledger.${name}`);
    } finally {
      await stage.close();
    }
    process.stdout.write(`recorded ledger ${name}\n`);
  }
}

async function recordAccess(): Promise<void> {
  for (const { operation, name, play } of chosen(accessPaths)) {
    if (only !== undefined && only !== operation) continue;
    const stage = await accessStage();
    try {
      const handle = await play(stage);
      const { runId } = await handle.describe();
      await keep(stage, handle.workflowId, `${operation}.${name}`, runId);
    } finally {
      await stage.close();
    }
    process.stdout.write(`recorded ${operation} ${name}\n`);
  }
}

async function recordRunbooks(): Promise<void> {
  for (const { name, play } of chosen(runbookPaths)) {
    const stage = await runbookStage();
    try {
      await keepRuns(stage, await play(stage), `runRunbook.${name}`);
    } finally {
      await stage.close();
    }
    process.stdout.write(`recorded runRunbook ${name}\n`);
  }
}

async function recordPlaybooks(): Promise<void> {
  for (const { name, play } of chosen(playbookPaths)) {
    const stage = await playbookStage();
    try {
      await keepRuns(stage, await play(stage), `runPlaybook.${name}`);
    } finally {
      await stage.close();
    }
    process.stdout.write(`recorded runPlaybook ${name}\n`);
  }
}

async function recordTemplates(): Promise<void> {
  for (const path of chosen(templatePaths)) {
    const stage = await templateStage(path);
    try {
      await keepRuns(stage, await path.play(stage), `createTemplate.${path.name}`);
    } finally {
      await stage.close();
    }
    process.stdout.write(`recorded createTemplate ${path.name}\n`);
  }
}

async function recordClusters(): Promise<void> {
  for (const { name, play } of chosen([...clusterPaths, ...removalPaths])) {
    const set = async (clean: (undo: () => unknown) => void) => {
      const stage = await clusterStage();
      clean(() => stage.close());
      return stage;
    };
    await recordChange(name, set, play);
  }
  for (const { name, stage, play } of chosen([clusterPlaybookPath])) await recordChange(name, stage, play);
}

async function recordTalos(): Promise<void> {
  for (const path of chosen(talosPaths)) {
    await recordChange(path.name, (clean) => talosStageOf(path, clean), path.play);
  }
}

/** A change of a cluster, and what keeps it. The stage is undone in the opposite order. */
async function recordChange<Stage extends ClusterStage>(
  name: string,
  set: (clean: (undo: () => unknown) => void) => Promise<Stage>,
  play: (stage: Stage) => Promise<WorkflowHandle>,
): Promise<void> {
  const undoings: (() => unknown)[] = [];
  try {
    const stage = await set((undo) => undoings.push(undo));
    await keepRuns(stage, await play(stage), `changeCluster.${name}`);
    await keepRuns(stage, keeperOf(stage), `vmCluster.${name}`);
  } finally {
    for (const undo of undoings.reverse()) await undo();
  }
  process.stdout.write(`recorded changeCluster ${name}\n`);
}

/** The last run of a workflow, and the first one where it was continued as new. */
async function keepRuns(
  stage: { readonly temporal: ConnectedClient },
  handle: WorkflowHandle,
  name: string,
): Promise<void> {
  const { raw, runId } = await handle.describe();
  await keep(stage, handle.workflowId, name, runId);
  const firstRunId = raw.workflowExecutionInfo?.firstRunId;
  if (firstRunId != null && firstRunId !== runId)
    await keep(stage, handle.workflowId, `${name}.first-run`, firstRunId);
}

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  await setup();
  try {
    if (only === undefined || only === workflowTypes.evacuateNode) await recordEvacuations();
    if (only === undefined || only === workflowTypes.readCluster) await recordReading();
    if (only === undefined || only === workflowTypes.ledger) await recordLedger();
    await recordAccess();
    if (only === undefined || only === workflowTypes.runRunbook) await recordRunbooks();
    if (only === undefined || only === workflowTypes.runPlaybook) await recordPlaybooks();
    if (only === undefined || only === workflowTypes.createTemplate) await recordTemplates();
    if (only === undefined || only === workflowTypes.changeCluster) await recordClusters();
    if (only === undefined || only === workflowTypes.changeCluster || only === 'talos') await recordTalos();
  } finally {
    await teardown();
  }
}

void main();
