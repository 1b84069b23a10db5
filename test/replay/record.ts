/**
 * Records the histories that CI replays: `npm run histories`. Run it when a workflow has changed on purpose, and
 * keep the histories of released versions beside the new ones. `npm run histories -- readCluster` records only those
 * of one workflow.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { ledgerWorkflowId, workflowTypes } from '../../src/domain/names';
import type { ConnectedClient } from '../../src/temporal/connection';
import { setStage } from '../e2e/support/stage';
import { accessPaths, accessStage } from './accessPaths';
import { evacuationPaths, readingPath } from './paths';
import { runbookPaths, runbookStage } from './runbookPaths';
import setup from '../support/temporalGlobalSetup';
import teardown from '../support/temporalGlobalTeardown';

const folder = join(__dirname, 'histories');

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
  if (typeof value === 'string') return value.replace(/^\d+@[\w.-]+$/, 'recorder');
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'stackTrace');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPlaces(inner)]));
}

async function recordEvacuations(): Promise<void> {
  for (const path of evacuationPaths) {
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

async function recordAccess(only: string | undefined): Promise<void> {
  for (const { operation, name, play } of accessPaths) {
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
  for (const { name, play } of runbookPaths) {
    const stage = await runbookStage();
    try {
      const handle = await play(stage);
      const { raw, runId } = await handle.describe();
      await keep(stage, handle.workflowId, `runRunbook.${name}`, runId);
      const firstRunId = raw.workflowExecutionInfo?.firstRunId;
      if (firstRunId != null && firstRunId !== runId)
        await keep(stage, handle.workflowId, `runRunbook.${name}.first-run`, firstRunId);
    } finally {
      await stage.close();
    }
    process.stdout.write(`recorded runRunbook ${name}\n`);
  }
}

async function main(only: string | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  await setup();
  try {
    if (only === undefined || only === workflowTypes.evacuateNode) await recordEvacuations();
    if (only === undefined || only === workflowTypes.readCluster) await recordReading();
    await recordAccess(only);
    if (only === undefined || only === workflowTypes.runRunbook) await recordRunbooks();
  } finally {
    await teardown();
  }
}

void main(process.argv[2]);
