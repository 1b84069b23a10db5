import { hasCloudInit, isBooted } from '../cluster/boot';
import { guestName, type GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';
import { guestFiles } from './files';

/** How a program in a guest ended. */
export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Program = (words: readonly string[], guest: GuestState, cluster: ClusterState) => ProgramResult;

const ok = (stdout = ''): ProgramResult => ({ exitCode: 0, stdout, stderr: '' });
const failed = (exitCode: number, stderr: string): ProgramResult => ({ exitCode, stdout: '', stderr });

/** The programs that simulated guests have. */
const programs: Readonly<Record<string, Program>> = {
  true: () => ok(),
  false: () => failed(1, ''),
  echo: (words) => ok(`${words.join(' ')}\n`),
  hostname: (_, guest) => ok(`${guestName(guest)}\n`),
  uname: () => ok('Linux\n'),
  cat,
  test: (words, guest, cluster) => {
    const [flag = '', path = ''] = words;
    const there = ['-e', '-f', '-s'].includes(flag) && (guestFiles(cluster, guest).get(path) ?? '') !== '';
    return there ? ok() : failed(1, '');
  },
  'cloud-init': cloudInit,
};

/** Runs a program in the guest, as far as there is one of that name. */
export function runProgram(argv: readonly string[], guest: GuestState, cluster: ClusterState): ProgramResult {
  const [path = '', ...words] = argv;
  const name = path.split('/').at(-1) ?? '';
  if ((name === 'sh' || name === 'bash') && words[0] === '-c') return runLine(words[1] ?? '', guest, cluster);
  const program = programs[name];
  return program === undefined
    ? failed(127, `simulator: no program ${path}\n`)
    : program(words, guest, cluster);
}

/** A line of plain words, joined by `&&` at most. */
function runLine(line: string, guest: GuestState, cluster: ClusterState): ProgramResult {
  let stdout = '';
  for (const part of line.split('&&')) {
    const words = part
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
    const result = runProgram(words, guest, cluster);
    stdout += result.stdout;
    if (result.exitCode !== 0) return { ...result, stdout };
  }
  return ok(stdout);
}

function cat(paths: readonly string[], guest: GuestState, cluster: ClusterState): ProgramResult {
  const files = guestFiles(cluster, guest);
  const missing = paths.find((path) => !files.has(path));
  if (missing !== undefined) return failed(1, `cat: ${missing}: No such file or directory\n`);
  return ok(paths.map((path) => files.get(path) ?? '').join(''));
}

function cloudInit(words: readonly string[], guest: GuestState, cluster: ClusterState): ProgramResult {
  if (words[0] !== 'status') return failed(2, `simulator: cloud-init ${words.join(' ')} is not simulated\n`);
  const status = hasCloudInit(guest) ? (isBooted(cluster, guest) ? 'done' : 'running') : 'disabled';
  return ok(
    words.includes('json') || words.includes('--format=json')
      ? `${JSON.stringify({ status })}\n`
      : `status: ${status}\n`,
  );
}
