import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/temporalBundle';

const folder = join(__dirname, 'histories');

describe('workflows of today', () => {
  test.each(readdirSync(folder))('replay the history %s without a difference', async (file) => {
    const history: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const codePath = await workflowBundle();
    await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, file.replace(/\.json$/, ''));
  });
});
