import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesOfRun, send } from '../../../src/ansible/runs/processes';
import type { PlaybookRequest } from '../../../src/domain/ansible/request';
import { takeSnapshot } from '../../../src/client/operations/snapshot';
import { playbook } from '../../ansible/support/tree';
import { useCleanUp } from '../../proxmox/support';
import { describeWith } from '../../support/tools';
import { waitUntil } from '../../support/waitUntil';
import {
  setPlaybookStage,
  stageTokenSecret,
  type PlaybookStage,
  type RunningPlaybook,
  type StageSecrets,
} from '../support/playbookStage';
import { retryAll, saidIn, type NamedFailure } from './support/named';

const clean = useCleanUp();

/** A stage on which playbook and inventory are links out of the tree: what is behind them may change after the approval. */
interface LinkedStage extends PlaybookStage {
  /** Behind the links, and what else is not in the tree. */
  readonly outside: string;
  /** The playbook that is run from now on. */
  play(text: string): void;
}

const inventory = `
all:
  vars: { ansible_python_interpreter: "{{ ansible_playbook_python }}" }
  hosts:
    alpha: { ansible_connection: local }
    away: { ansible_host: 127.0.0.1, ansible_port: 1, ansible_connection: ssh }
`;

async function linkedStage(secrets?: StageSecrets): Promise<LinkedStage> {
  const stage = await setPlaybookStage(secrets);
  clean(() => stage.close());
  const outside = join(stage.folder, 'outside');
  mkdirSync(outside);
  const link = (name: string, place: string) => {
    mkdirSync(join(stage.root, place, '..'), { recursive: true });
    rmSync(join(stage.root, place), { force: true });
    symlinkSync(join(outside, name), join(stage.root, place));
  };
  link('site.yaml', 'playbooks/site.yaml');
  link('hosts.yaml', 'inventory/hosts.yaml');
  writeFileSync(join(outside, 'hosts.yaml'), inventory);
  return { ...stage, outside, play: (text) => writeFileSync(join(outside, 'site.yaml'), text) };
}

const nothing = playbook('alpha', [{ name: 'Say it', 'ansible.builtin.debug': { msg: 'done' } }]);
const failing = (msg: string) => playbook('alpha', [{ name: 'Fail', 'ansible.builtin.fail': { msg } }]);
const request: PlaybookRequest = { playbook: 'site', limit: 'alpha:away' };

/** Puts a program before ansible-playbook that gives it an option more while `sign` is there. */
function withOptionMore(option: string): { readonly sign: string } {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-option-'));
  clean(() => rmSync(folder, { recursive: true }));
  const sign = join(folder, 'sign');
  const real = execFileSync('/bin/sh', ['-c', 'command -v ansible-playbook'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh\n[ ! -e '${sign}' ] || set -- ${option} "$@"\nexec '${real}' "$@"\n`;
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/ansible-playbook'), script, { mode: 0o755 });
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = `${join(folder, 'bin')}:${before}`;
  clean(() => {
    process.env['PATH'] = before;
  });
  return { sign };
}

/** Sends SIGINT to the run once its task waits, as somebody on the worker's machine would. */
async function interrupt(stage: PlaybookStage, { handle }: RunningPlaybook, attempt: number): Promise<void> {
  await waitUntil('the task that waits', async () => {
    const { playbook: seen } = await takeSnapshot(stage.temporal.client, handle.workflowId);
    return seen?.task === 'Wait' ? true : undefined;
  });
  const { raw } = await handle.describe();
  const run = `${raw.workflowExecutionInfo?.firstRunId ?? ''}-${attempt}`;
  // The first takes the others with it.
  for (const pid of processesOfRun(run)) send(pid, 'SIGINT');
}

describeWith(['ansible-playbook'], 'what goes wrong with Ansible after the approval', () => {
  test('each failure is a question in its own words, told apart beyond its exit code', async () => {
    const { sign } = withOptionMore('--no-such-option');
    const stage = await linkedStage();
    const locked = join(stage.outside, 'locked.yaml');
    const password = join(stage.outside, 'password');
    writeFileSync(password, 'nobody-knows-it\n', { mode: 0o600 });
    writeFileSync(locked, 'hidden: opened\n');
    execFileSync('ansible-vault', ['encrypt', '--vault-password-file', password, locked], {
      stdio: 'ignore',
    });
    stage.play(failing(`no room, says ${stageTokenSecret}`));
    const running = await stage.start(request);
    await running.approved();
    const failures: readonly NamedFailure[] = [
      {
        reference: '2 host failed',
        ...{ stepId: 'playbook', words: 'alpha, Fail: no room, says', hidesSecrets: true },
        problem: { code: 'CommandFailed', failed: 'alpha failed (exit code 2)' },
        withdraw: () => writeFileSync(sign, ''),
      },
      {
        reference: '2 or bad option',
        ...{ stepId: 'playbook', words: '--no-such-option' },
        problem: { code: 'CommandFailed', failed: expect.stringContaining('one of its options') as string },
        withdraw: () => {
          rmSync(sign);
          stage.play(playbook('away', [{ name: 'Reach', 'ansible.builtin.ping': {} }]));
        },
      },
      {
        reference: '4 unreachable',
        ...{ stepId: 'playbook', words: 'away, Reach: ' },
        problem: { code: 'SshUnreachable', failed: 'away could not be reached (exit code 4)' },
        withdraw: () => stage.play('- hosts: all\n  taskz: []\n'),
      },
      {
        reference: '4 or syntax error',
        ...{ stepId: 'playbook', words: 'taskz' },
        problem: { code: 'CommandFailed', failed: expect.stringContaining('exit code 4') as string },
        withdraw: () => rmSync(join(stage.outside, 'site.yaml')),
      },
      {
        reference: '1 playbook missing',
        ...{ stepId: 'playbook', words: 'site.yaml could not be found' },
        problem: { code: 'NotFound' },
        withdraw: () => {
          stage.play(nothing);
          writeFileSync(join(stage.outside, 'hosts.yaml'), 'all: { hosts: { other: {} } }\n');
        },
      },
      {
        reference: '1 limit leaves none',
        ...{ stepId: 'playbook', words: 'no hosts to target' },
        problem: { code: 'InputInvalid', failed: 'the limit leaves no host of the inventory' },
        withdraw: () => {
          writeFileSync(join(stage.outside, 'hosts.yaml'), inventory);
          stage.play(playbook('nowhere', [{ 'ansible.builtin.debug': { msg: 'x' } }]));
        },
      },
      {
        reference: '0 also when no host matched',
        ...{ stepId: 'playbook', words: 'nowhere' },
        problem: { code: 'NotAsExpected', failed: expect.stringContaining('no host matched') as string },
        withdraw: () => stage.play(playbook('alpha', [], { vars_files: [locked] })),
      },
      {
        reference: '1 wrong vault password (there is none)',
        ...{ stepId: 'playbook', words: 'no vault secrets' },
        problem: { code: 'CommandFailed', failed: expect.stringContaining('or none is given') as string },
        withdraw: () => stage.play(playbook('alpha', [], { serial: 'x%' })),
      },
      {
        reference: '250 exception',
        ...{ stepId: 'playbook', words: 'invalid literal' },
        problem: { code: 'CommandFailed', failed: expect.stringContaining('exit code 250') as string },
        withdraw: () => {
          const gate = { path: join(stage.outside, 'gate'), sleep: 1, timeout: 120 };
          stage.play(playbook('alpha', [{ name: 'Wait', 'ansible.builtin.wait_for': gate }]));
        },
        meanwhile: () => interrupt(stage, running, 10),
      },
      {
        reference: '99 SIGINT',
        ...{ stepId: 'playbook', words: 'it was interrupted' },
        problem: { code: 'OutcomeUnknown' },
        withdraw: () => stage.play(nothing),
      },
    ];
    const seen = await retryAll(running, failures);
    expect(await running.report()).toMatchObject({ outcome: 'done', runs: failures.length + 1 });
    expect(JSON.stringify(seen)).not.toContain(stageTokenSecret);
  });

  test('where there is a vault its words stay on the machine; a wrong password is a question before the approval and after it', async () => {
    const vault = 'canary-vault-9c31';
    const stage = await linkedStage({ vault, database: 'canary-db-4f0a' });
    const setPassword = (text: string) =>
      writeFileSync(join(stage.folder, 'vault'), `${text}\n`, { mode: 0o600 });
    const open = (msg: string) =>
      playbook('alpha', [{ name: 'Fail', 'ansible.builtin.fail': { msg } }], {
        vars_files: [join(stage.root, 'vars/hidden.yaml')],
      });
    stage.play(open('{{ hidden }}'));
    setPassword(`${vault}!`);
    const running = await stage.start(request);
    const unplanned = await running.decision();
    expect(unplanned).toMatchObject({ kind: 'inspectionFailed', choices: ['retry', 'abort'] });
    expect(unplanned.problem).toMatchObject({
      ...{ code: 'CommandFailed', failed: expect.stringContaining('the vault password is wrong') as string },
    });
    setPassword(vault);
    await running.decide(unplanned, 'retry');
    await running.approved();
    const seen = await retryAll(running, [
      {
        reference: '2 host failed',
        ...{ stepId: 'playbook', words: 'alpha, Fail: (not shown' },
        problem: { code: 'CommandFailed', failed: 'alpha failed (exit code 2)' },
        withdraw: () => setPassword(`${vault}!`),
      },
    ]);
    const wrong = await running.decision();
    expect(wrong).toMatchObject({
      ...{ stepId: 'playbook', choices: ['retry', 'skip', 'abort'] },
      problem: {
        ...{
          code: 'CommandFailed',
          failed: expect.stringContaining('the vault password is wrong') as string,
        },
      },
    });
    expect(saidIn(wrong)).toContain('(Ansible speaks of its vault)');
    await running.decide(wrong, 'skip');
    expect(await running.report()).toMatchObject({ outcome: 'incomplete', runs: 2 });
    expect(JSON.stringify([unplanned, seen, wrong])).not.toContain(vault);
    // What is not shown is there, without what is known to be secret.
    const [, file = ''] = /machine: (.*?)\)/.exec(saidIn(wrong)) ?? [];
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).not.toContain(vault);
  });
});
