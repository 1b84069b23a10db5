import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { ManagerError, problem } from '../../domain/errors';

/** How one of our own programs is started as a child process. */
export interface OwnProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** The file that is run. */
  readonly file: string;
}

/** The package's root as seen from here: dist/ once built, the repository while developing. */
const root = join(__dirname, '..', '..', '..');

/** The worker. */
export function workerProgram(): OwnProgram {
  return ownProgram('src/worker');
}

/** The simulator. It is never imported, only started. */
export function simulatorProgram(): OwnProgram {
  return ownProgram('simulator/main');
}

/** Stand-ins of Talos' tools. They are never imported, only started. */
export function standInsProgram(): OwnProgram {
  return ownProgram('standins/main');
}

/** Where the simulator's scenarios lie. */
export function scenariosFolder(): string {
  return join(root, 'simulator/scenarios');
}

/**
 * The same Node.js. Its flags are passed on only while developing, where they load TypeScript: others could ask for
 * diagnostic reports, heap snapshots or a debugger in the process that holds the token.
 */
function ownProgram(path: string): OwnProgram {
  const extension = extname(__filename);
  const file = join(root, `${path}${extension}`);
  const flags = extension === '.ts' ? process.execArgv : [];
  if (!existsSync(file)) {
    throw new ManagerError(
      problem('Internal', {
        attempted: `start ${path}`,
        failed: `${file} is missing`,
        remedy: 'The package is not complete: run npm ci again.',
      }),
    );
  }
  return { command: process.execPath, args: [...flags, file], file };
}
