import { existsSync, rmSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { EndingSignal, PlaybookEnding, PlaybookWatch } from '../../domain/ansible/run';
import { ManagerError } from '../../domain/errors';
import { changedFiles, readTree } from '../tree';
import { kindOfWords, saidBy, withheldWords } from '../words';
import {
  claim,
  dropSecrets,
  endOfFile,
  keep,
  textOfFile,
  valueIn,
  type Claim,
  type RunFolder,
} from './folder';
import { giveLockBack } from './lock';
import { readProgress } from './progress';

/** What settling needs to know. */
interface Settling {
  readonly signal: AbortSignal;
  readonly redact?: (text: string) => string;
  readonly withholds: boolean;
}

const manifest = z.record(z.string(), z.string());
const mostNames = 20;
/** Of an output that is longer only the end is kept. */
const mostOutputBytes = 16 * 1024 * 1024;

/** What a run that has ended came to. Its secrets are taken away, its output is kept without them, its lock is free. */
export async function settleRun(runs: string, folder: RunFolder, settling: Settling): Promise<PlaybookWatch> {
  const begun = valueIn(folder.claim, claim);
  // Its files are made right before Ansible is started.
  const isStarted = existsSync(folder.process) || existsSync(folder.errors);
  if (begun === undefined || !isStarted) {
    // Begun by nobody, or by one who died on the way: nothing was started, and nothing will be.
    await keep(folder.givenUp, '');
    return { kind: 'lost' };
  }
  const ending = await endingOf(folder, begun, settling);
  dropSecrets(folder);
  for (const file of [folder.output, folder.errors]) await redactFile(file, settling.redact);
  await keep(folder.ending, JSON.stringify(ending));
  // What failed tasks said stands in the progress as well, with its secrets.
  for (const file of [folder.tree, folder.progress]) rmSync(file, { force: true });
  giveLockBack(runs, begun.lock, folder);
  return { kind: 'ended', ending };
}

async function endingOf(
  folder: RunFolder,
  begun: Claim,
  { signal, redact, withholds }: Settling,
): Promise<PlaybookEnding> {
  const instead = withholds ? withheldWords(folder.output) : undefined;
  const seen = readProgress(textOfFile(folder.progress) ?? '', begun.playbook, redact, instead);
  const code = textOfFile(folder.exit);
  const endedBy = signalIn(textOfFile(folder.stop));
  const said = redact === undefined ? [] : saidBy(redact(textOfFile(folder.errors) ?? ''));
  return {
    ...(code === undefined ? {} : { exitCode: Number(code) }),
    ...(endedBy === undefined ? {} : { endedBy }),
    hasStats: seen.stats !== undefined,
    hosts: seen.stats ?? [],
    failures: seen.failures,
    words: withholds ? kindOfWords(said, folder.errors) : said,
    ...(seen.progress === undefined ? {} : { lastSeen: seen.progress }),
    changedFiles: await changesOf(folder, begun, signal),
    startedAt: begun.startedAt,
    endedAt: endOf(folder),
    ...(redact === undefined ? {} : { outputFile: folder.output }),
  };
}

/** The playbook may have written so much into its tree that it can't be compared: then that is said. */
async function changesOf(
  folder: RunFolder,
  { root }: Claim,
  signal: AbortSignal,
): Promise<PlaybookEnding['changedFiles']> {
  const before = valueIn(folder.tree, manifest);
  if (before === undefined) return { names: [], count: 0, because: 'it is not known what they were before' };
  try {
    const changed = changedFiles(before, (await readTree(root, signal)).manifest);
    return { names: changed.slice(0, mostNames), count: changed.length };
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    return { names: [], count: 0, because: error.problem.failed };
  }
}

function endOf({ exit }: RunFolder): string {
  return (statSync(exit, { throwIfNoEntry: false })?.mtime ?? new Date()).toISOString();
}

function signalIn(text: string | undefined): EndingSignal | undefined {
  const signals: readonly EndingSignal[] = ['SIGINT', 'SIGTERM', 'SIGKILL'];
  return signals.find((it) => it === text);
}

/** Where the secrets are not known the file goes: it may hold them. */
async function redactFile(path: string, redact: ((text: string) => string) | undefined): Promise<void> {
  if (redact === undefined) rmSync(path, { force: true });
  else if (existsSync(path)) await keep(path, redact(endOfFile(path, mostOutputBytes)));
}
