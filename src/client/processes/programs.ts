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

/** The same Node.js with the same flags: while developing these load TypeScript. */
function ownProgram(path: string): OwnProgram {
  const file = join(root, `${path}${extname(__filename)}`);
  if (!existsSync(file)) {
    throw new ManagerError(
      problem('Internal', {
        attempted: `start ${path}`,
        failed: `${file} is missing`,
        remedy: 'The package is not complete: run npm ci again.',
      }),
    );
  }
  return { command: process.execPath, args: [...process.execArgv, file], file };
}
