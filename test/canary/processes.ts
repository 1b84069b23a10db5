import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { formsIn, type Needle } from './search';

/** Whether processes can be looked at as these tests do. */
export const hasProcessFiles = existsSync('/proc/self/environ') && existsSync('/proc/self/limits');

/** A process that has the canary in its environment or on its command line. */
export interface ProcessHit {
  readonly where: 'environment' | 'command line';
  /** Its words, joined by blanks. */
  readonly commandLine: string;
  readonly forms: readonly string[];
}

/** Looks at every process of the machine, again and again. */
export interface ProcessWatch {
  /** What was found so far, each place once. */
  hits(): ProcessHit[];
  /** Every command line that was seen so far. */
  seen(): string[];
  stop(): void;
}

/** pass and gpg, the shortest of all, take some ten times as long. */
const lookEveryMs = 10;
/** A process that was looked at so often is what it will be: from then on it is looked at now and then only. */
const settledAfter = 25;

/** Where processes can't be looked at these tests are named as left out. */
export const testProcesses = hasProcessFiles ? test : test.skip;

/** Begins to watch; sees nothing where there is no /proc. Stop it. */
export function watchProcesses(needles: readonly Needle[]): ProcessWatch {
  const hits = new Map<string, ProcessHit>();
  const seen = new Set<string>();
  let looks = new Map<string, number>();
  const timer = setInterval(() => {
    if (!hasProcessFiles) return;
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    looks = new Map(pids.map((pid) => [pid, (looks.get(pid) ?? 0) + 1]));
    for (const [pid, times] of looks) if (times <= settledAfter || times % settledAfter === 0) look(pid);
  }, lookEveryMs);

  function look(pid: string): void {
    const commandLine = read(pid, 'cmdline');
    const environment = read(pid, 'environ');
    // It has just become another program: next time.
    if (!read(pid, 'cmdline').equals(commandLine)) return;
    const words = commandLine.toString('utf8').replaceAll('\0', ' ').trim();
    seen.add(words);
    for (const [where, bytes] of [
      ['environment', environment],
      ['command line', commandLine],
    ] as const) {
      const forms = formsIn(bytes, needles);
      if (forms.length > 0) hits.set(`${where} ${words}`, { where, commandLine: words, forms });
    }
  }

  return {
    hits: () => [...hits.values()],
    seen: () => [...seen],
    stop: () => clearInterval(timer),
  };
}

/** Empty for a process that is gone. */
function read(pid: string, name: 'cmdline' | 'environ'): Buffer {
  try {
    return readFileSync(`/proc/${pid}/${name}`);
  } catch {
    return Buffer.alloc(0);
  }
}
