import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { finderOf, type Needle } from './search';

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
  /** What was found so far. */
  hits(): ProcessHit[];
  /** Every command line that was seen so far. */
  seen(): string[];
  stop(): void;
}

/** pass and gpg, the shortest of all, take some ten times as long. */
const lookEveryMs = 10;
/** A process that was looked at so often is what it will be: from then on it is looked at now and then only. */
const settledAfter = 25;

/** With this work at each use of its key gpg runs so long that it is seen: see makePasswordStore. */
export const seenKeyHashedBytes = 22_020_096;

/** Where processes can't be looked at these tests are named as left out. */
export const testProcesses = hasProcessFiles ? test : test.skip;

/** What one process had in one of the two places. */
interface Sample {
  readonly where: ProcessHit['where'];
  readonly commandLine: string;
  readonly bytes: Buffer;
}

/** What is known of a process. */
interface Known {
  looks: number;
  /** As it was last seen. */
  commandLine: Buffer;
}

/** Begins to watch; sees nothing where there is no /proc. Needles may still be added: what was seen before is searched too. Stop it. */
export function watchProcesses(needles: readonly Needle[]): ProcessWatch {
  const samples = new Map<string, Sample>();
  const seen = new Set<string>();
  let newest: string | undefined;
  let processes = new Map<string, Known>();
  const timer = setInterval(() => {
    if (!hasProcessFiles) return;
    listAgain();
    for (const [pid, known] of processes) {
      known.looks += 1;
      if (known.looks <= settledAfter || known.looks % settledAfter === 0) look(pid, known);
    }
  }, lookEveryMs);

  /** To list all is most of the work of a look: not unless one has come. */
  function listAgain(): void {
    const before = newest;
    // The last word is the number that was given last.
    newest = readFileSync('/proc/loadavg', 'utf8').split(' ').at(-1);
    if (newest === before) return;
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    processes = new Map(
      pids.map((pid) => [pid, processes.get(pid) ?? { looks: 0, commandLine: Buffer.alloc(0) }]),
    );
  }

  function look(pid: string, known: Known): void {
    const bytes = read(pid, 'cmdline');
    // Both change with the program that it is, and only then.
    if (known.looks < settledAfter && known.looks > 1 && bytes.equals(known.commandLine)) return;
    const environment = read(pid, 'environ');
    // It has just become another program: next time.
    if (!read(pid, 'cmdline').equals(bytes)) return;
    known.commandLine = bytes;
    const commandLine = bytes.toString('utf8').replaceAll('\0', ' ').trim();
    seen.add(commandLine);
    keep({ where: 'command line', commandLine, bytes });
    keep({ where: 'environment', commandLine, bytes: environment });
  }

  function keep(sample: Sample): void {
    const { where, commandLine, bytes } = sample;
    samples.set(`${where} ${commandLine} ${bytes.toString('latin1')}`, sample);
  }

  return {
    hits() {
      const formsOfAll = finderOf(needles);
      return [...samples.values()].flatMap(({ where, commandLine, bytes }) => {
        const forms = formsOfAll(bytes);
        return forms.length === 0 ? [] : [{ where, commandLine, forms }];
      });
    },
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
