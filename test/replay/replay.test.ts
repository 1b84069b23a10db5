import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker, type ReplayResult } from '@temporalio/worker';
import { workflowBundle } from '../support/temporalBundle';

const folder = join(__dirname, 'histories');
const files = readdirSync(folder);

/** Read as it is needed: all of them at once are large. */
function* histories() {
  for (const file of files) {
    const history: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    yield { workflowId: file, history };
  }
}

describe('workflows of today', () => {
  const results = new Map<string, ReplayResult>();
  // One worker for all: each that is started loads all workflows.
  beforeAll(async () => {
    const codePath = await workflowBundle();
    for await (const result of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories()))
      results.set(result.workflowId, result);
  });

  test.each(files)('replay the history %s without a difference', (file) => {
    const result = results.get(file);
    if (result === undefined) throw new Error('it was not replayed');
    if (result.error !== undefined) throw result.error;
  });
});
