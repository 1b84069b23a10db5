import { judgePlaybook } from '../../src/domain/ansible/judge';
import type { HostResult, PlaybookEnding } from '../../src/domain/ansible/run';
import { saidBy } from '../../src/ansible/words';

const host: HostResult = {
  ...{ host: 'web1', ok: 2, changed: 1, failed: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 },
};
const lastSeen = {
  ...{ playbook: 'site', play: 'Web', task: 'Wait', tasksBegun: 2 },
  hosts: { ok: 1, changed: 0, failed: 0, unreachable: 0 },
};
const unseen: PlaybookEnding = {
  ...{ exitCode: 0, hasStats: false, hosts: [], failures: [], words: [] },
  ...{ changedFiles: { names: [], count: 0 }, startedAt: '', endedAt: '' },
};
const bare: PlaybookEnding = { ...unseen, lastSeen };
const good: PlaybookEnding = { ...bare, hasStats: true, hosts: [host] };

test('a run counts as done only with exit code 0, counts, a host, none failed and all reached', () => {
  expect(judgePlaybook(good, 'x')).toBeUndefined();
  expect(judgePlaybook({ ...good, endedBy: 'SIGINT' }, 'x')).toBeUndefined();
  const bad: PlaybookEnding[] = [
    { ...good, exitCode: 3 },
    { ...good, hosts: [] },
    { ...good, hosts: [host, { ...host, unreachable: 1 }] },
    { ...good, hosts: [{ ...host, failed: 1 }] },
    { ...good, hasStats: false },
  ];
  expect(bad.filter((it) => judgePlaybook(it, 'x') === undefined)).toEqual([]);
});

test.each<[Partial<PlaybookEnding>, string, RegExp]>([
  [{ exitCode: 99 }, 'OutcomeUnknown', /interrupted/],
  [{ exitCode: 130, endedBy: 'SIGINT' }, 'OutcomeUnknown', /interrupted/],
  [{ exitCode: 143, endedBy: 'SIGTERM' }, 'OutcomeUnknown', /killed by SIGTERM/],
  [{ exitCode: 137 }, 'OutcomeUnknown', /killed by something outside/],
  [{ exitCode: 250, words: ['boom'] }, 'CommandFailed', /exception/],
  [{ exitCode: 1, words: ['ERROR! x could not be found'] }, 'NotFound', /missing/],
  [{ exitCode: 1, words: ['ERROR! Decryption failed'] }, 'CommandFailed', /vault password is wrong/],
  [{ exitCode: 127 }, 'CommandFailed', /could not be started/],
])('%j without counts is %s', (more, code, said) => {
  const it = judgePlaybook({ ...bare, ...more }, 'x');
  expect(it).toMatchObject({ code });
  expect(it?.failed).toMatch(said);
});

test('one that was ended before its first play has done nothing', () => {
  expect(judgePlaybook({ ...unseen, exitCode: 130, endedBy: 'SIGINT' }, 'x')).toMatchObject({
    code: 'Interrupted',
  });
});

test("Ansible's words are its errors, without warnings and without the calls that it was in", () => {
  expect(saidBy('[WARNING]: old\n[ERROR]: conflicting action\nOrigin: site.yaml:2:3\n')).toEqual([
    '[ERROR]: conflicting action',
    'Origin: site.yaml:2:3',
  ]);
  expect(
    saidBy('Traceback (most recent call last):\n  File "x", line 1\n    call()\nOSError: full\n'),
  ).toEqual(['OSError: full']);
});
