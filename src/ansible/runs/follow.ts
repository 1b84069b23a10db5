import { setTimeout as delay } from 'node:timers/promises';
import type { PlaybookProgress, PlaybookWatch } from '../../domain/ansible/run';
import { ansibleFolders } from '../base';
import { ending as endingForm } from './endingForm';
import {
  claim,
  dropSecrets,
  endOfFile,
  makeRunFolder,
  runFolder,
  textOfFile,
  valueIn,
  type RunFolder,
} from './folder';
import { isUnderWay } from './lock';
import { readProgress } from './progress';
import { settleRun } from './settle';

/** How a run is followed. */
export interface Following {
  readonly signal: AbortSignal;
  /** Cuts secrets out; absent: they can't be read now. */
  readonly redact?: (text: string) => string;
  /** What it says may hold secrets that nobody here knows, e.g. what the vault holds: then none of it is taken over. */
  readonly withholds: boolean;
  /** Told of each change. */
  readonly tell: (progress: PlaybookProgress) => void;
}

const lookEveryMs = 300;
/** The newest line of progress is among these. */
const tailBytes = 64 * 1024;
/** Looking for processes is dearer than looking for a file. */
const looksBetweenProcesses = 5;

/**
 * Follows a run that was started on this machine to its end, by its files alone: any process of this user may do so, also
 * after the one that started it has gone. What it came to is kept; one that was never begun here is given up for good.
 */
export async function followRun(base: string, id: string, following: Following): Promise<PlaybookWatch> {
  const { runs } = ansibleFolders(base);
  const folder = runFolder(runs, id);
  makeRunFolder(folder);
  for (let looks = 0; ; looks += 1) {
    const known = valueIn(folder.ending, endingForm);
    if (known !== undefined) return { kind: 'ended', ending: known };
    tellOf(folder, following);
    const hasEnded =
      textOfFile(folder.exit) !== undefined || (looks % looksBetweenProcesses === 0 && !isUnderWay(folder));
    if (hasEnded) return settleRun(runs, folder, following);
    await delay(lookEveryMs, undefined, { signal: following.signal });
  }
}

function tellOf(folder: RunFolder, { redact, tell }: Following): void {
  const begun = valueIn(folder.claim, claim);
  if (begun === undefined) return;
  const { hasBegun, progress } = readProgress(endOfFile(folder.progress, tailBytes), begun.playbook, redact);
  if (hasBegun) dropSecrets(folder);
  if (progress !== undefined) tell(progress);
}
