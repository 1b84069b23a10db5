import { exitStatusOfLine, type ExitStatus } from './exitStatus';
import { parseSize } from './sizes';

/** Copied and to be copied. */
interface Amount {
  copiedBytes: number;
  totalBytes: number;
}

/** What the lines of a migration's log tell so far, or of another copy's (behaviour: 8.2 - 8.6; recordings b1, b5, d1 - d4, f1). */
export interface MigrationLog {
  /** Bytes sent of the memory; can stay below the total (empty pages) or exceed it (pages sent again). */
  ram: Amount | undefined;
  /** The guest changes its memory faster than it is sent: the end can't be predicted. */
  dirtiesTooFast: boolean;
  /** What is copied with figures of its own, by drive: mirrors of a running guest, images of a clone, a download. */
  readonly mirrors: Map<string, Amount>;
  /** Disks copied before (offline migration, cloud-init, TPM): of finished volumes, and of the running one. */
  copiedVolumesBytes: number;
  currentVolumeBytes: number;
  /** All data is copied; what follows is clean-up. */
  copyDone: boolean;
  downtimeMs: number | undefined;
  /** The last line, if it is the one that tells the exit status. */
  exit: ExitStatus | undefined;
  lastLine: string;
  readonly tail: string[];
}

/** An empty log. */
export function emptyMigrationLog(): MigrationLog {
  return {
    ram: undefined,
    dirtiesTooFast: false,
    mirrors: new Map(),
    copiedVolumesBytes: 0,
    currentVolumeBytes: 0,
    copyDone: false,
    downtimeMs: undefined,
    exit: undefined,
    lastLine: '',
    tail: [],
  };
}

/** How many last lines are kept for reports. */
const tailLines = 20;

const kibibyte = 1024;
const mebibyte = 1024 ** 2;
/** What the log of a download is kept by. */
const download = 'download';

type Groups = readonly (string | undefined)[];

/** What each kind of line means; the timestamp is cut off before. */
const meanings: readonly (readonly [RegExp, (log: MigrationLog, groups: Groups) => void])[] = [
  [
    /^migration active, transferred ([\d.]+ \w+) of ([\d.]+ \w+) VM-state(.*)/,
    (log, [, copied = '', total = '', rest = '']) => {
      log.ram = { copiedBytes: parseSize(copied), totalBytes: parseSize(total) };
      log.dirtiesTooFast = rest.includes('VM dirties lots of memory');
    },
  ],
  [
    /^(?:drive|mirror)-(\w+): transferred ([\d.]+ \w+) of ([\d.]+ \w+)/,
    (log, [, drive = '', copied = '', total = '']) => {
      log.mirrors.set(drive, { copiedBytes: parseSize(copied), totalBytes: parseSize(total) });
    },
  ],
  [
    // Images of a clone, an import, a move: one after the other, without a name.
    /^transferred ([\d.]+ \w+) of ([\d.]+ \w+)/,
    (log, [, copied = '', total = '']) => {
      const amount = { copiedBytes: parseSize(copied), totalBytes: parseSize(total) };
      const images = [...log.mirrors.keys()].filter((name) => name.startsWith('image '));
      const last = log.mirrors.get(images.at(-1) ?? '');
      const isNext = last === undefined || amount.copiedBytes < last.copiedBytes;
      log.mirrors.set(`image ${images.length + (isNext ? 1 : 0)}`, amount);
    },
  ],
  [
    /^Length: (\d+|unspecified)/,
    (log, [, total]) => log.mirrors.set(download, { copiedBytes: 0, totalBytes: Number(total) || 0 }),
  ],
  [
    // A line of dots: where it begins, a dot for each MiB, how much of the whole that is.
    /^\s*(\d+)K([ .]+)(\d+%)?/,
    (log, [, fromKibibytes, dots = '', percent]) => {
      const dotCount = dots.replaceAll(' ', '').length;
      const { totalBytes = 0 } = log.mirrors.get(download) ?? {};
      const copiedBytes =
        percent === '100%' ? totalBytes : Number(fromKibibytes) * kibibyte + dotCount * mebibyte;
      log.mirrors.set(download, { copiedBytes, totalBytes: Math.max(copiedBytes, totalBytes) });
    },
  ],
  [
    /^(\d+) bytes .*copied/,
    (log, [, bytes = '']) => {
      const now = Number(bytes);
      // Smaller than before: the next volume has begun, though the end of the last one was not seen.
      if (now < log.currentVolumeBytes) log.copiedVolumesBytes += log.currentVolumeBytes;
      log.currentVolumeBytes = now;
    },
  ],
  [
    /^volume '.*' is '.*' on the target/,
    (log) => {
      log.copiedVolumesBytes += log.currentVolumeBytes;
      log.currentVolumeBytes = 0;
    },
  ],
  [
    /^average migration speed: .* - downtime (\d+) ms/,
    (log, [, milliseconds]) => (log.downtimeMs = Number(milliseconds)),
  ],
  [
    /^migration completed, transferred ([\d.]+ \w+) VM-state/,
    (log, [, copied = '']) => {
      const copiedBytes = parseSize(copied);
      log.ram = { copiedBytes, totalBytes: log.ram?.totalBytes ?? copiedBytes };
      log.copyDone = true;
    },
  ],
  [/^migration status: completed/, (log) => (log.copyDone = true)],
  [/^migration finished successfully/, (log) => (log.copyDone = true)],
];

/** Adds one line. */
export function addLine(log: MigrationLog, line: string): void {
  const text = withoutTimestamp(line);
  for (const [pattern, apply] of meanings) {
    const groups = pattern.exec(text);
    if (groups !== null) apply(log, groups);
  }
  log.exit = exitStatusOfLine(line);
  log.lastLine = line;
  log.tail.push(line);
  if (log.tail.length > tailLines) log.tail.shift();
}

/** Everything that was copied so far. */
export function copiedBytesOf(log: MigrationLog): number {
  return (log.ram?.copiedBytes ?? 0) + copiedDiskBytesOf(log);
}

/** The disks' share of it. */
export function copiedDiskBytesOf(log: MigrationLog): number {
  const mirrored = [...log.mirrors.values()].reduce((sum, disk) => sum + disk.copiedBytes, 0);
  return mirrored + log.copiedVolumesBytes + log.currentVolumeBytes;
}

/**
 * Tells progress from repetition: a hanging migration prints the same figures every second, with a later time
 * (observed: Migration). Returns a function that tells whether a line has anything new in it.
 */
export function createProgressDetector(): (line: string) => boolean {
  const lastOfKind = new Map<string, string>();
  return (line) => {
    const text = withoutTimestamp(line)
      .replace(/ in (?:\d+[dhms] ?)+/, '')
      .replace(/copied, .*/, 'copied');
    // Speed alone is not progress, the transferred figure is.
    const figures = text.replace(/(VM-state), .*/, '$1');
    const kind = figures.replace(/[\d.]+ ?(?:[KMGT]i?)?B?/g, '#');
    const isNew = lastOfKind.get(kind) !== figures;
    lastOfKind.set(kind, figures);
    return isNew;
  };
}

function withoutTimestamp(line: string): string {
  return line.replace(/^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\s+/, '').replace(/\s+$/, '');
}
