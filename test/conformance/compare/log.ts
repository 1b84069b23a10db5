import { isObject, type Json } from '../json';
import type { LearnedIds } from './learned';
import { sameText } from './text';
import { mismatch, type Mismatch } from './value';

/** A line that reports progress: how often it comes, and with which figures, depends on speed and load. */
interface ProgressLine {
  readonly pattern: RegExp;
  /** What is left of the line: everything but its figures. */
  readonly shape: string;
}

const size = String.raw`\d+(?:\.\d+)? (?:B|[KMGT]iB)`;
const duration = String.raw`(?:\d+h ?)?(?:\d+m ?)?(?:\d+s)?`;

const progressLines: readonly ProgressLine[] = [
  {
    pattern: new RegExp(String.raw`^transferred ${size} of (${size}) \(\d+\.\d\d%\)$`),
    shape: 'transferred <size> of $1',
  },
  {
    pattern: new RegExp(
      String.raw`^((?:drive|mirror)-\w+): transferred ${size} of (${size}) \(\d+\.\d\d%\) in ${duration}(?:, (?:still busy|ready))?$`,
    ),
    shape: '$1: transferred <size> of $2',
  },
  {
    pattern: /^\d+ bytes \([\d.]+ [kMGT]?B(?:, [\d.]+ [KMGT]?i?B)?\) copied, [\d.]+ s, [\d.]+ [kMGT]?B\/s *$/,
    shape: '<size> copied',
  },
  {
    pattern: new RegExp(String.raw`^migration active, transferred ${size} of ${size} VM-state, ${size}/s$`),
    shape: 'migration active',
  },
  {
    pattern: /^ *\d+K[ .]* \d+% +[\d.]+[KMG]?[= ](?:\d+h)?(?:\d+m)?(?:[\d.]+s)? *$/,
    shape: '<size> downloaded',
  },
  {
    pattern: /^trying to acquire cfs lock '([\w-]+)' \.\.\.$/,
    shape: "trying to acquire cfs lock '$1'",
  },
];

/** Figures inside lines that otherwise are fixed. */
const figures: readonly { pattern: RegExp; mask: string; reason: string }[] = [
  { pattern: /\(duration \d\d:\d\d:\d\d\)/, mask: '(duration <duration>)', reason: 'how long it took' },
  {
    pattern: /^\d+\+\d+ records (in|out)$/,
    mask: '<blocks> records $1',
    reason: 'depends on how the data arrived',
  },
  {
    pattern: new RegExp(String.raw`^average migration speed: ${size}/s - downtime \d+ ms$`),
    mask: 'average migration speed: <speed> - downtime <ms>',
    reason: 'load',
  },
  {
    pattern: new RegExp(String.raw`^migration completed, transferred ${size} VM-state$`),
    mask: 'migration completed, transferred <size> VM-state',
    reason: 'depends on what the guest wrote meanwhile',
  },
  {
    pattern: /^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--/,
    mask: '--<time>--',
    reason: 'when a download began',
  },
  { pattern: /^\([\d.]+ [KMG]?B\/s\) - /, mask: '(<speed>) - ', reason: 'how fast a download was' },
  {
    pattern: new RegExp(
      String.raw`^completed saving the VM state in ${duration}, saved \d+\.\d\d (?:B|[KMGT]iB)$`,
    ),
    mask: 'completed saving the VM state in <duration>, saved <size>',
    reason: 'depends on how much memory the guest has used',
  },
];

const timestamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /;

interface LogLine {
  readonly text: string;
  readonly progress: boolean;
}

function logLine(raw: string): LogLine {
  const bare = raw.replace(timestamp, '');
  const stamp = bare === raw ? '' : '<time> ';
  const progress = progressLines.find(({ pattern }) => pattern.test(bare));
  if (progress !== undefined) {
    return { text: stamp + bare.replace(progress.pattern, progress.shape), progress: true };
  }
  const masked = figures.reduce((text, { pattern, mask }) => text.replace(pattern, mask), bare);
  return { text: stamp + masked, progress: false };
}

/** True for a line whose number and figures are not compared. */
export function isProgress(line: string): boolean {
  return logLine(line).progress;
}

/**
 * Lines of an offline disk copy: two `dd` processes and the import write them at the same time, so that their order is
 * random (recordings d1 of 8.4 and d2 of 9 have both orders). Compared in this order of kinds, within each run of them.
 */
const copyLines: readonly RegExp[] = [
  /^(?:<time> )?Formatting '/,
  /^(?:<time> )?(?:<blocks> records (?:in|out)|<size> copied)$/,
  /^(?:<time> )?successfully imported '/,
];

function inFixedOrder(lines: readonly LogLine[]): LogLine[] {
  const kindOf = ({ text }: LogLine): number => copyLines.findIndex((pattern) => pattern.test(text));
  const runs: LogLine[][] = [];
  let open = false;
  for (const line of lines) {
    const copies = kindOf(line) >= 0;
    const last = runs.at(-1);
    if (copies && open && last !== undefined) last.push(line);
    else runs.push([line]);
    open = copies;
  }
  return runs.flatMap((run) => (run.length > 1 ? run.sort((a, b) => kindOf(a) - kindOf(b)) : run));
}

/** The lines of a log as they are compared: figures masked, each run of progress lines reduced to its kinds. */
export function comparableLog(lines: readonly string[]): string[] {
  const result: string[] = [];
  let run = new Set<string>();
  for (const line of inFixedOrder(lines.map(logLine))) {
    if (!line.progress) run = new Set();
    if (line.progress && run.has(line.text)) continue;
    if (line.progress) run.add(line.text);
    result.push(line.text);
  }
  return result;
}

/** The texts of a task log's rows, or undefined where the rows are none of `{ n, t }`. */
export function logTexts(rows: Json | undefined): string[] | undefined {
  if (!Array.isArray(rows)) return undefined;
  const texts = rows.map((row) => (isObject(row) ? row['t'] : undefined));
  return texts.every((text) => typeof text === 'string') ? texts : undefined;
}

/** Differences between two logs, line by line. */
export function compareLogs(
  expected: readonly string[],
  actual: readonly string[],
  learned: LearnedIds,
  path: readonly string[],
): Mismatch[] {
  const before = comparableLog(expected);
  const now = comparableLog(actual);
  const lines = Array.from({ length: Math.max(before.length, now.length) }, (_, at) => at);
  return lines.flatMap((at) => {
    const a = before[at];
    const b = now[at];
    if (a !== undefined && b !== undefined && sameText(a, b, learned)) return [];
    return [mismatch([...path, `line ${at + 1}`], a ?? 'no more lines', b ?? 'no more lines')];
  });
}
