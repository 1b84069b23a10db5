import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram, type ProgramResult } from '../credentials/program';
import type { PlannedPlay } from '../domain/ansible/plan';
import { ManagerError, problem } from '../domain/errors';
import type { Secret } from '../domain/secret';
import { playbookEnvironment, playbookWords, type AnsibleFolders, type PlaybookCall } from './command';
import { saidBy } from './words';

/** Reading an inventory may mean asking a cloud. */
const listTimeoutMs = 5 * 60_000;
const versionTimeoutMs = 60_000;

/** What listing needs beside the call. */
export interface ListingOptions {
  readonly folders: AnsibleFolders;
  readonly varsFile?: string;
  readonly vaultPassword?: Secret;
  readonly signal: AbortSignal;
  /** Cuts secrets out of what Ansible says. */
  readonly redact: (text: string) => string;
  /** What it says may hold secrets that nobody here knows, e.g. what the vault holds: then its words are not shown. */
  readonly withholds: boolean;
}

/** e.g. `ansible-core 2.19.4`. Throws CommandFailed where there is no ansible-playbook. */
export async function ansibleVersion(signal: AbortSignal): Promise<string> {
  const attempted = "find Ansible on the worker's machine";
  const result = await runProgram({
    words: ['ansible-playbook', '--version'],
    timeoutMs: versionTimeoutMs,
    signal,
  });
  if (result.outcome === 'cancelled') throw interrupted(attempted);
  const [, version] = /^ansible-playbook \[core ([^\]]+)\]/m.exec(result.stdout) ?? [];
  if (version !== undefined) return `ansible-core ${version}`;
  const failed =
    result.outcome === 'notStarted'
      ? 'there is no program ansible-playbook on the PATH of the worker'
      : 'ansible-playbook --version does not name a version of ansible-core';
  throw new ManagerError(
    problem('CommandFailed', {
      attempted,
      failed,
      remedy: 'Install ansible-core 2.14 or newer there (docs/ansible.md), restart the worker, then retry.',
      ...wordsOf(saidBy(result.stderr)),
    }),
  );
}

/**
 * Lets Ansible say which plays a playbook has, on which hosts, with which tasks. Runs nothing on any host; inventories that
 * are programs are run. Throws InputInvalid where the limit leaves no host or a file can't be read, CommandFailed where the
 * vault password is wrong, with Ansible's own words.
 */
export async function listPlays(
  call: PlaybookCall,
  options: ListingOptions,
): Promise<readonly PlannedPlay[]> {
  const { folders, varsFile, vaultPassword, signal, redact, withholds } = options;
  const words = playbookWords(call, ['--list-hosts', '--list-tasks'], {
    hasVault: vaultPassword !== undefined,
    ...(varsFile === undefined ? {} : { varsFile }),
  });
  const result = await runProgram({
    words,
    timeoutMs: listTimeoutMs,
    signal,
    folder: call.places.root,
    environment: playbookEnvironment(call.places, folders),
    ...(vaultPassword === undefined ? {} : { stdin: vaultPassword }),
  });
  if (result.outcome !== 'ended' || result.exitCode !== 0) throw failedListing(call, result, options);
  const plays = readListing(redact(result.stdout));
  return withholds ? namedAsWritten(plays, call) : plays;
}

/** Ansible fills variables into the names of plays: a name that no playbook of the folder has so may hold a secret. */
function namedAsWritten(plays: readonly PlannedPlay[], { file }: PlaybookCall): readonly PlannedPlay[] {
  const folder = dirname(file);
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((it) => !it.isDirectory() && /\.ya?ml$/.test(it.name))
    .map(({ name }) => readFileSync(join(folder, name), 'utf8'));
  return plays.map((it, index) =>
    texts.some((text) => text.includes(it.name)) ? it : { ...it, name: `play ${index + 1} (name not shown)` },
  );
}

const play = /^ {2}play #\d+ \((.*?)\): (.*)\tTAGS: \[.*\]$/;
const hostCount = /^ {4}hosts \(\d+\):$/;

/** Reads what `--list-hosts --list-tasks` print. */
export function readListing(text: string): readonly PlannedPlay[] {
  const plays: { pattern: string; name: string; hosts: string[]; tasks: string[] }[] = [];
  let part: 'hosts' | 'tasks' | undefined;
  for (const line of text.split('\n')) {
    const [, pattern, name] = play.exec(line) ?? [];
    if (pattern !== undefined && name !== undefined) {
      plays.push({ pattern, name, hosts: [], tasks: [] });
      part = undefined;
    } else if (hostCount.test(line)) part = 'hosts';
    else if (line === '    tasks:') part = 'tasks';
    else if (line.startsWith('      ') && part !== undefined) {
      const entry = line.slice(6).replace(/\tTAGS: \[.*\]$/, '');
      plays.at(-1)?.[part].push(entry);
    }
  }
  return plays.map((it) => ({ ...it, hosts: it.hosts.toSorted() }));
}

function failedListing(
  { file }: PlaybookCall,
  { outcome, exitCode, stderr }: ProgramResult,
  { redact, withholds }: ListingOptions,
): ManagerError {
  const attempted = `list the hosts and tasks of ${file}`;
  if (outcome === 'cancelled') return interrupted(attempted);
  const said = saidBy(redact(stderr));
  const text = said.join('\n');
  const words = withholds ? {} : wordsOf(said);
  if (/does not match any hosts|no hosts to target/i.test(text)) {
    return new ManagerError(
      problem('InputInvalid', {
        attempted,
        failed: 'the limit leaves no host of the inventory',
        remedy: 'Give another --limit; ansible-inventory --graph shows the hosts and groups.',
        ...words,
      }),
    );
  }
  const isVault = /vault|decrypt/i.test(text);
  const late = `it did not end within ${listTimeoutMs / 60_000} minutes`;
  const failed = isVault
    ? 'Ansible could not decrypt what its vault holds: the vault password is wrong, or none is given'
    : outcome === 'timedOut'
      ? late
      : `Ansible could not read them (exit code ${exitCode ?? 'unknown'})`;
  const remedy = isVault
    ? 'Compare the password at the place that ansible.vault_password of cluster-config.yaml names with the one that the files were encrypted with.'
    : withholds
      ? 'Its words are not shown, since a secret could be among them: let ansible-playbook --syntax-check say them on that machine; correct the playbook or the inventory.'
      : "Read Ansible's own words; correct the playbook or the inventory.";
  // A password that is wrong is no fault of what was asked for: it can be put right, and the plan tried again.
  const code = isVault ? 'CommandFailed' : outcome === 'timedOut' ? 'CommandTimedOut' : 'InputInvalid';
  return new ManagerError(problem(code, { attempted, failed, remedy, ...words }));
}

function interrupted(attempted: string): ManagerError {
  return new ManagerError(problem('Interrupted', { attempted, failed: 'it was cancelled' }));
}

function wordsOf(said: readonly string[]): { readonly logTail?: readonly string[] } {
  return said.length === 0 ? {} : { logTail: said };
}
