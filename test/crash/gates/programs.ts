import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SimulatedClock } from '../../../simulator/clock';
import { CommandGate } from '../../../simulator/control/commands';

/** Programs that stand before the real ones: every run of them is noted, and can be held as a command over SSH can. */
export interface ProgramGate {
  readonly calls: CommandGate;
  /** The folder of the programs, for the beginning of PATH. */
  readonly binFolder: string;
  close(): Promise<void>;
}

/** What stands before which programs. */
export interface GateOptions {
  /** Of the gate alone: programs, and what the real ones write until they tell it. */
  readonly folder: string;
  /** Where the real ones are, by their names. */
  readonly programs: Readonly<Record<string, string>>;
  /** What a run is called: of the program's name and all its words. Without anything secret. */
  readonly lineOf: (program: string, words: readonly string[]) => string;
  /**
   * What the real one says is told once it has ended: whoever started it may be dead by then, and it would break off in its
   * middle where nobody reads what it writes.
   */
  readonly tellsAtEnd?: true;
  readonly clock: SimulatedClock;
}

/** Puts the programs into the folder. */
export async function openProgramGate({
  folder,
  programs,
  lineOf,
  tellsAtEnd,
  clock,
}: GateOptions): Promise<ProgramGate> {
  const calls = new CommandGate(clock);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // A run that is killed breaks its connection.
    serve(socket, calls, lineOf).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the gate of programs has no port');
  await mkdir(folder, { mode: 0o700 });
  for (const [name, path] of Object.entries(programs)) {
    const text = programText(address.port, name, tellsAtEnd === true ? runAside(path) : runHere(path));
    await writeFile(join(folder, name), text, { mode: 0o755 });
  }
  return {
    calls,
    binFolder: folder,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A shell's words that run the real program, and tell afterwards what it said. */
interface RealRun {
  readonly run: string;
  readonly tell: string;
}

function runHere(path: string): RealRun {
  return { run: `'${path}' "$@" 3>&-`, tell: '' };
}

function runAside(path: string): RealRun {
  return {
    run: `said=$(mktemp -d "\${BASH_SOURCE[0]}.XXXXXX") || exit 72
trap 'rm -rf "$said"' EXIT
'${path}' "$@" 3>&- >"$said/out" 2>"$said/err"`,
    tell: 'cat "$said/out"; cat "$said/err" >&2',
  };
}

/** It asks before it runs the real one, and before it tells how that ended. */
function programText(port: number, name: string, { run, tell }: RealRun): string {
  return `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port} || exit 70
printf '%s\\n' '${name}' "$#" "$@" >&3
IFS= read -r verdict <&3
[ "$verdict" = go ] || exit 71
${run}
code=$?
printf '%s\\n' "$code" >&3
IFS= read -r verdict <&3
[ "$verdict" = go ] || exit 71
${tell}
exit "$code"
`;
}

/** The program's name, how many words follow, the words; then the exit code of the real program. */
async function serve(socket: Socket, calls: CommandGate, lineOf: GateOptions['lineOf']): Promise<void> {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const program = await nextLine(lines);
  const count = Number(await nextLine(lines));
  if (program === undefined || Number.isNaN(count)) return;
  const words: string[] = [];
  while (words.length < count) words.push((await nextLine(lines)) ?? '');
  const line = lineOf(program, words);
  const call = calls.receive({
    ...{ node: 'worker', user: '', client: '', kind: 'exec', line },
    argv: line.split(' '),
  });
  socket.on('close', () => calls.clientGone(call));
  if ((await calls.pass(call, 'before handling')).kind !== 'go on') {
    socket.destroy();
    return;
  }
  socket.write('go\n');
  const exitCode = Number(await nextLine(lines));
  if ((await calls.pass(call, 'before answering')).kind === 'go on') {
    calls.ended(call, { exitCode });
    socket.write('go\n');
  } else socket.destroy();
}

async function nextLine(lines: AsyncIterator<string>): Promise<string | undefined> {
  const result = await lines.next();
  return result.done === true ? undefined : result.value;
}
