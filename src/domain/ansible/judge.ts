import { problem, type Problem } from '../errors';
import type { PlaybookEnding } from './run';

/** Why an ending is none that is wanted. */
type Verdict = Pick<Problem, 'code' | 'failed'> & { readonly remedy: string };

/**
 * Whether a run has done what it should: exit code 0 is not enough, since Ansible also ends so where no host matched.
 * Undefined: every host was reached and none has failed. Else the problem, with Ansible's own words.
 */
export function judgePlaybook(ending: PlaybookEnding, attempted: string): Problem | undefined {
  const verdict = verdictOn(ending);
  if (verdict === undefined) return undefined;
  const { code, failed, remedy } = verdict;
  const words = wordsOf(ending);
  return problem(code, { attempted, failed, remedy, ...(words.length === 0 ? {} : { logTail: words }) });
}

function verdictOn(ending: PlaybookEnding): Verdict | undefined {
  const { exitCode, endedBy, hasStats, hosts } = ending;
  const hasBad = hosts.some(({ failed, unreachable }) => failed > 0 || unreachable > 0);
  if (exitCode === 0 && hasStats && hosts.length > 0 && !hasBad) return undefined;
  if (hasBad) return badHosts(ending);
  if (endedBy !== undefined && ending.lastSeen === undefined) return endedAtOnce;
  if (exitCode === 99 || (endedBy === 'SIGINT' && exitCode !== undefined)) return interrupted;
  if (exitCode === undefined || endedBy !== undefined || isSignal(exitCode)) return killed(ending);
  if (!hasStats) return withoutStats(ending);
  if (hosts.length === 0) {
    return {
      code: 'NotAsExpected',
      failed: 'Ansible ended without an error, but no host matched: nothing was done',
      remedy: 'Look at the hosts of the plays, at the inventory and at the limit.',
    };
  }
  return {
    code: 'CommandFailed',
    failed: `ansible-playbook ended with exit code ${exitCode} although no host has failed`,
    remedy: "Read Ansible's own words; repair the cause, then retry.",
  };
}

/** What a shell makes of a program that a signal has ended. */
function isSignal(exitCode: number): boolean {
  return exitCode > 128 && exitCode <= 192;
}

function badHosts({ hosts, exitCode }: PlaybookEnding): Verdict {
  const failed = hosts.filter((it) => it.failed > 0).map(({ host }) => host);
  const unreachable = hosts.filter((it) => it.unreachable > 0).map(({ host }) => host);
  const parts = [
    ...(failed.length === 0 ? [] : [`${listed(failed)} failed`]),
    ...(unreachable.length === 0 ? [] : [`${listed(unreachable)} could not be reached`]),
  ];
  return {
    code: failed.length === 0 ? 'SshUnreachable' : 'CommandFailed',
    failed: `${parts.join('; ')} (exit code ${exitCode ?? 'unknown'})`,
    remedy:
      failed.length === 0
        ? "Check that these hosts are up and let the worker's user in by SSH, then retry: a playbook does again what is not done."
        : "Read Ansible's own words, repair the cause on these hosts, then retry: a playbook does again what is not done.",
  };
}

/** Ansible did not come to counting: it refused before, or broke. The same exit code has several meanings. */
function withoutStats({ exitCode, words }: PlaybookEnding): Verdict {
  // Our own pointer to what is not shown names a path, which may hold any word.
  const said = words.filter((it) => !it.startsWith('(not shown')).join('\n');
  const known = refusals.find(({ codes, pattern }) => codes.includes(exitCode ?? -1) && pattern.test(said));
  if (known !== undefined) return known.verdict;
  const meaning = meanings[exitCode ?? -1] ?? 'it broke';
  return {
    code: 'CommandFailed',
    failed: `${meaning} (exit code ${exitCode ?? 'unknown'}, without counts of hosts)`,
    remedy: "Read Ansible's own words; repair the cause, then retry.",
  };
}

/** What the exit codes mean where there are no counts. */
const meanings: Readonly<Record<number, string>> = {
  0: 'Ansible ended without an error, but did not count what it did',
  1: 'Ansible refused to begin',
  2: 'Ansible did not take one of its options',
  4: 'Ansible could not read the playbook, or a file that it names',
  5: 'Ansible did not take one of its options',
  126: 'ansible-playbook could not be started',
  127: 'ansible-playbook could not be started',
  250: 'Ansible broke with an exception',
};

const refusals: readonly {
  readonly codes: readonly number[];
  readonly pattern: RegExp;
  readonly verdict: Verdict;
}[] = [
  {
    codes: [1, 4, 250],
    pattern: /vault|decrypt/i,
    verdict: {
      code: 'CommandFailed',
      failed: 'Ansible could not decrypt what its vault holds: the vault password is wrong, or none is given',
      remedy:
        'Compare the password at the place that ansible.vault_password of cluster-config.yaml names with the one that the files were encrypted with, then retry.',
    },
  },
  {
    codes: [1],
    pattern: /does not match any hosts|no hosts to target/i,
    verdict: {
      code: 'InputInvalid',
      failed: 'the limit leaves no host of the inventory',
      remedy: 'Give another --limit; ansible-inventory --graph shows the hosts and groups.',
    },
  },
  {
    codes: [1],
    pattern: /could not be found|does not appear to be a file/i,
    verdict: {
      code: 'NotFound',
      failed: 'a file that the run needs is missing',
      remedy: 'Put it back, or make a new plan.',
    },
  },
];

const endedAtOnce: Verdict = {
  code: 'Interrupted',
  failed: 'it was ended before the first play began: nothing was done on any host',
  remedy: 'Run it again if it is still wanted.',
};

const interrupted: Verdict = {
  code: 'OutcomeUnknown',
  failed: 'it was interrupted: some hosts may have been changed and others not',
  remedy: 'Look at the hosts; a playbook that is run again does what is not done.',
};

function killed({ endedBy }: PlaybookEnding): Verdict {
  const by =
    endedBy === undefined ? 'something outside (a reboot, a service that was stopped, no memory)' : endedBy;
  return {
    code: 'OutcomeUnknown',
    failed: `it was killed by ${by} before it could say how it ended: some hosts may have been changed and others not`,
    remedy: 'Look at the hosts; a playbook that is run again does what is not done.',
  };
}

/** Of failed hosts what was said about each, else the end of the standard error. */
function wordsOf({ failures, words }: PlaybookEnding): readonly string[] {
  const said = failures.map(({ host, task, words: own }) => `${host}, ${task}: ${own}`.slice(0, 400));
  return said.length === 0 ? words : said.slice(0, 10);
}

/** At most five names. */
function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `${names.slice(0, 5).join(', ')}${more}`;
}
