import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WorkflowSource } from './workerRun';

/**
 * The product's workflows: in a built package the bundle that the build made, so that a worker starts in
 * about a second and runs exactly the released code; from sources they are bundled at start.
 */
export function workflowSource(): WorkflowSource {
  const source = resolve(__dirname, '../workflows/index.ts');
  if (existsSync(source)) return { kind: 'source', workflowsPath: source };
  return { kind: 'bundle', codePath: resolve(__dirname, '../../workflow-bundle.js') };
}
