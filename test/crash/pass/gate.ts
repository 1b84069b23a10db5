import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandGate } from '../../../simulator/control/commands';
import type { SimulatedClock } from '../../../simulator/clock';

/** A program `pass` before the real one: every run of it is noted, and can be held as a command over SSH can. */
export interface PassGate {
  readonly calls: CommandGate;
  /** The folder of the program, for the beginning of PATH. */
  readonly binFolder: string;
  close(): Promise<void>;
}

/** Puts the program into the folder. Throws where no `pass` is installed. */
export async function openPassGate(folder: string, clock: SimulatedClock): Promise<PassGate> {
  const calls = new CommandGate(clock);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // A run that is killed breaks its connection.
    serve(socket, calls).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the gate of pass has no port');
  const binFolder = join(folder, 'bin');
  await mkdir(binFolder);
  await writeFile(join(binFolder, 'pass'), programText(address.port), { mode: 0o755 });
  return {
    calls,
    binFolder,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Where the real `pass` is. */
export function realPass(): string {
  return execFileSync('sh', ['-c', 'command -v pass'], { encoding: 'utf8' }).trim();
}

/** Only its words are told, which hold no secret: standard input and output are the real program's. */
function programText(port: number): string {
  return `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port} || exit 70
printf '%s\\n' "$*" >&3
IFS= read -r verdict <&3
[ "$verdict" = go ] || exit 71
'${realPass()}' "$@" 3>&-
code=$?
printf '%s\\n' "$code" >&3
IFS= read -r verdict <&3
exit "$code"
`;
}

/** First line: its words; second one: the exit code of the real program. */
async function serve(socket: Socket, calls: CommandGate): Promise<void> {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const said = await nextLine(lines);
  if (said === undefined) return;
  const line = withoutOptions(said);
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

/** `mv --force -- a.new a`: `mv a.new a`. */
function withoutOptions(line: string): string {
  return line
    .split(' ')
    .filter((word) => !word.startsWith('--'))
    .join(' ');
}
