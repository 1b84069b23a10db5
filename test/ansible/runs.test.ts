import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listPlays } from '../../src/ansible/listing';
import { ansibleFolders } from '../../src/ansible/base';
import { processesOfRun } from '../../src/ansible/runs/processes';
import { stopRun } from '../../src/ansible/runs/stop';
import { judgePlaybook } from '../../src/domain/ansible/judge';
import type { PlaybookEnding, PlaybookProgress } from '../../src/domain/ansible/run';
import { ManagerError } from '../../src/domain/errors';
import { Secret } from '../../src/domain/secret';
import { describeWith } from '../support/tools';
import { waitUntil } from '../support/waitUntil';
import { endingOf, runLab, type RunLab } from './support/runs';
import { makeTree, playbook, type PlaybookTreeLab } from './support/tree';

const vaultPassword = new Secret('canary-vault-2f8d"$x`');
const database = new Secret('canary-db-{{ 6 * 7 }}-\\n-91ce');
const both = [vaultPassword, database];
const attempted = 'run it';
const { signal } = new AbortController();

let tree: PlaybookTreeLab;
let lab: RunLab;
beforeAll(() => {
  tree = makeTree();
  lab = runLab(tree, both);
});
afterAll(() => tree.remove());

const shown = (ending: PlaybookEnding) => JSON.stringify(ending);

describeWith(['ansible-playbook'], 'a run of a playbook by ansible-core', () => {
  test('tells how far it is, ends with counts of each host, and has changed nothing in its tree', async () => {
    const gate = join(tree.folder, 'gate');
    tree.write(
      'playbooks/good.yaml',
      playbook('all', [
        { name: 'Say it', 'ansible.builtin.debug': { msg: '{{ word }}' } },
        {
          name: 'Write it',
          'ansible.builtin.copy': { dest: join(tree.folder, '{{ inventory_hostname }}'), content: 'x' },
        },
        { name: 'Wait', 'ansible.builtin.wait_for': { path: gate, sleep: 1, timeout: 60 } },
      ]),
    );
    const told: PlaybookProgress[] = [];
    const id = await lab.start('good', { vars: { plain: { word: 'hello' }, secret: {} } });
    const following = lab.follow(id, (progress) => {
      told.push(progress);
      if (progress.task === 'Wait') writeFileSync(gate, '');
    });
    const ending = endingOf(await following);
    expect(judgePlaybook(ending, attempted)).toBeUndefined();
    expect(ending).toMatchObject({ exitCode: 0, hasStats: true, changedFiles: { names: [], count: 0 } });
    expect(ending.hosts.map(({ host, changed, failed }) => [host, changed, failed])).toEqual([
      ['alpha', 1, 0],
      ['beta', 1, 0],
    ]);
    expect(told.at(-1)).toMatchObject({
      ...{ playbook: 'good', play: 'The play', task: 'Wait', tasksBegun: 3 },
      hosts: { changed: 2, failed: 0, unreachable: 0 },
    });
    expect(lab.file(id, 'output.txt')).toContain('hello');
    await expect(lab.follow(id)).resolves.toMatchObject({ kind: 'ended', ending });
  });

  test('gets its secrets on other ways than argv and environment, and shows them nowhere', async () => {
    tree.write('plain.yaml', 'hidden: canary of the vault\n');
    const file = join(tree.folder, 'password');
    writeFileSync(file, `${vaultPassword.reveal()}\n`, { mode: 0o600 });
    execFileSync('ansible-vault', ['encrypt', '--vault-password-file', file, join(tree.root, 'plain.yaml')]);
    const gate = join(tree.folder, 'secret-gate');
    const written = join(tree.folder, 'written');
    tree.write(
      'playbooks/secret.yaml',
      playbook(
        'alpha',
        [
          {
            name: 'Use both',
            'ansible.builtin.copy': { dest: written, content: '{{ hidden }}|{{ db_password }}' },
          },
          { name: 'Wait', 'ansible.builtin.wait_for': { path: gate, sleep: 1, timeout: 60 } },
          {
            name: 'Tell {{ hidden }}',
            'ansible.builtin.fail': { msg: 'it is {{ hidden }}, {{ db_password | upper }}' },
          },
        ],
        { name: 'With {{ hidden }}', vars_files: ['../plain.yaml'] },
      ),
    );
    const vars = { plain: {}, secret: { db_password: database } };
    const id = await lab.start('secret', { vars, vaultPassword });
    const looked: string[] = [];
    const told: string[] = [];
    const ending = endingOf(
      await lab.follow(
        id,
        (progress) => {
          told.push(JSON.stringify(progress));
          if (progress.task !== 'Wait' || looked.length > 0) return;
          looked.push(
            ...processesOfRun(id).flatMap((pid) =>
              ['cmdline', 'environ'].map((it) => readFileSync(`/proc/${pid}/${it}`, 'utf8')),
            ),
          );
          looked.push(
            existsSync(join(lab.base, 'runs', id, 'vars.yaml'))
              ? 'canary: the variables are still there'
              : '',
          );
          writeFileSync(gate, '');
        },
        true,
      ),
    );
    expect(readFileSync(written, 'utf8')).toBe(`canary of the vault|${database.reveal()}`);
    expect(looked.length).toBeGreaterThan(2);
    expect(looked.join('\n')).not.toContain('canary');
    const it = judgePlaybook(ending, attempted);
    expect(it).toMatchObject({ code: 'CommandFailed', failed: 'alpha failed (exit code 2)' });
    const output = join(lab.base, 'runs', id, 'output.txt');
    expect(it?.logTail).toEqual([expect.stringMatching(/^alpha, Tell \{\{ hidden \}\}: \(not shown/)]);
    expect(it?.logTail?.join('\n')).toContain(output);
    expect(told.at(-1)).toContain('"play":"With {{ hidden }}"');
    expect(shown(ending) + told.join('\n')).not.toMatch(/canary/i);
    // Of this user only: what the vault holds is in it, what is known to us is not.
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(lab.file(id, 'output.txt')).toContain('it is canary of the vault');
    expect(lab.file(id, 'output.txt')).not.toMatch(/canary-(vault|db)/);
    expect(existsSync(join(lab.base, 'runs', id, 'progress.jsonl'))).toBe(false);
    const list = await listPlays(lab.call('secret'), {
      ...{ folders: ansibleFolders(lab.base), signal, redact: lab.redact, withholds: true, vaultPassword },
    });
    expect(list).toMatchObject([
      { name: 'play 1 (name not shown)', tasks: ['Use both', 'Wait', 'Tell {{ hidden }}'] },
    ]);
  });

  test('tells a host that failed, with its words unless the task hides them, from one that could not be reached', async () => {
    tree.write(
      'playbooks/bad.yaml',
      playbook('all', [
        { name: 'Reach', 'ansible.builtin.ping': {} },
        { name: 'Fail', 'ansible.builtin.fail': { msg: 'no room' }, when: 'inventory_hostname == "alpha"' },
        {
          ...{ name: 'Fail silently', no_log: true, when: 'inventory_hostname == "beta"' },
          'ansible.builtin.fail': { msg: 'canary' },
        },
      ]),
    );
    const all = { call: lab.call('bad', { limit: 'all' }) };
    const ending = await lab.run('bad', all);
    const it = judgePlaybook(ending, attempted);
    expect(it?.failed).toMatch(/alpha, beta failed; away could not be reached/);
    expect(it?.logTail?.join('\n')).toMatch(/alpha, Fail: no room/);
    expect(it?.logTail?.join('\n')).toMatch(/away, Reach: .*(refused|Failed to connect)/);
    expect(shown(ending)).not.toContain('canary');
  });

  // How each failure of a run is told apart is in test/e2e/failures/ansible.test.ts.
  test('is refused before it begins where Ansible can not read the playbook', async () => {
    tree.write('playbooks/syntax.yaml', '- hosts: all\n  taskz: []\n');
    const list = listPlays(lab.call('syntax'), {
      ...{ folders: ansibleFolders(lab.base), signal, redact: lab.redact, withholds: false },
    });
    await expect(list).rejects.toMatchObject({ code: 'InputInvalid' });
  });

  test('says which files of the tree it has changed', async () => {
    const dest = join(tree.root, 'made/by-the-playbook');
    tree.write('made/before', 'x');
    tree.write(
      'playbooks/writes.yaml',
      playbook('alpha', [{ 'ansible.builtin.copy': { dest, content: 'x' } }]),
    );
    const ending = await lab.run('writes');
    expect(ending.changedFiles).toEqual({ names: ['made/by-the-playbook'], count: 1 });
    expect(judgePlaybook(ending, attempted)).toBeUndefined();
  });

  test('is ended with everything that it has started, runs once at a time, and never begins twice', async () => {
    tree.write(
      'playbooks/lasting.yaml',
      playbook('here', [{ name: 'Last', 'ansible.builtin.command': 'sleep 600' }]),
    );
    const id = await lab.start('lasting');
    await waitUntil('its task', async () => {
      const lines = processesOfRun(id).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      return Promise.resolve(lines.some((line) => line.startsWith('sleep')) || undefined);
    });
    const second = lab.start('lasting');
    await expect(second).rejects.toMatchObject({ code: 'LeaseRefused' });
    await expect(second).rejects.toThrow(ManagerError);
    const stopped = endingOf(
      await stopRun(lab.base, id, { signal, tell: () => undefined, redact: lab.redact, withholds: false }),
    );
    expect(processesOfRun(id)).toEqual([]);
    expect(stopped.endedBy).toBe('SIGINT');
    expect(judgePlaybook(stopped, attempted)).toMatchObject({ code: 'OutcomeUnknown' });
    await expect(lab.start('lasting', { id })).rejects.toMatchObject({ code: 'Interrupted' });
    await expect(lab.follow('never-begun')).resolves.toEqual({ kind: 'lost' });
    await expect(lab.start('lasting', { id: 'never-begun' })).rejects.toMatchObject({ code: 'Interrupted' });
  });
});
