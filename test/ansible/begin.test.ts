import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ansibleFolders } from '../../src/ansible/base';
import { followRun } from '../../src/ansible/runs/follow';
import { runFolder, type RunFolder } from '../../src/ansible/runs/folder';
import { giveLockBack, isUnderWay, takeLock, tidyUp } from '../../src/ansible/runs/lock';
import { processOf } from '../../src/ansible/runs/processes';
import { ManagerError, problem } from '../../src/domain/errors';
import { endingOf, runLab, type RunLab } from './support/runs';
import { makeTree, playbook, type PlaybookTreeLab } from './support/tree';

const { signal } = new AbortController();
const dead = { pid: 2 ** 22, since: 'never' };

let tree: PlaybookTreeLab;
let lab: RunLab;
beforeEach(() => {
  tree = makeTree();
  lab = runLab(tree);
});
afterEach(() => tree.remove());

type Files = (folder: RunFolder) => readonly (readonly [string, string])[];

/** A run as its worker left it. */
function left(id: string, worker: object, files: Files = () => []): RunFolder {
  const folder = runFolder(ansibleFolders(lab.base).runs, id);
  mkdirSync(folder.path);
  const claim = {
    worker,
    startedAt: '2026-11-26T10:00:00.000Z',
    playbook: 'site',
    root: tree.root,
    lock: 'l',
  };
  writeFileSync(folder.claim, JSON.stringify(claim));
  for (const [path, text] of files(folder)) writeFileSync(path, text);
  return folder;
}

describe('the begin of a run', () => {
  test('that is refused in the last moment starts nothing, gives its lock back, and is never made up for', async () => {
    tree.write('playbooks/site.yaml', playbook('alpha', []));
    const refused = new ManagerError(problem('Interrupted', { attempted: 'x', failed: 'stale' }));
    const requireAlive = () => {
      throw refused;
    };
    await expect(lab.start('site', { id: 'one', requireAlive })).rejects.toBe(refused);
    const { runs } = ansibleFolders(lab.base);
    const one = runFolder(runs, 'one');
    expect([one.errors, one.vars, join(runs, 'lab--site.lock')].filter((it) => existsSync(it))).toEqual([]);
    await expect(lab.follow('one')).resolves.toEqual({ kind: 'lost' });
    await expect(lab.start('site', { id: 'one' })).rejects.toMatchObject({ code: 'Interrupted' });
  });

  test('waits for a worker that has taken the lock and lives, frozen or not; a dead one loses it', () => {
    const own = processOf(process.pid) ?? dead;
    const { runs } = ansibleFolders(lab.base);
    const alive = left('alive', own);
    const second = left('second', own);
    expect(takeLock(runs, 'l', alive)).toBeUndefined();
    expect(takeLock(runs, 'l', second)?.id).toBe('alive');
    expect(isUnderWay(alive)).toBe(true);
    giveLockBack(runs, 'l', second);
    expect(takeLock(runs, 'l', second)?.id).toBe('alive');
    const gone = left('gone', dead, ({ vars }) => [[vars, 'canary']]);
    giveLockBack(runs, 'l', alive);
    expect(takeLock(runs, 'l', gone)).toBeUndefined();
    expect(takeLock(runs, 'l', second)).toBeUndefined();
    expect(readFileSync(join(runs, 'l.lock'), 'utf8')).toBe('second');
    tidyUp(runs);
    expect(existsSync(gone.vars)).toBe(false);
    tidyUp(runs, Date.now() + 8 * 24 * 3600_000);
    expect([gone.path, alive.path].map((it) => existsSync(it))).toEqual([false, true]);
  });
});

describe('a run whose worker died', () => {
  const progress = [
    { event: 'start' },
    {
      ...{ event: 'progress', play: 'p', task: 'canary', tasks: 1 },
      hosts: { ok: 1, changed: 0, failed: 1, unreachable: 0 },
    },
    { event: 'failure', kind: 'failed', host: 'alpha', task: 'canary', words: 'canary' },
  ]
    .map((it) => `${JSON.stringify(it)}\n`)
    .join('');

  test('is told without its words where its secrets can not be read, and its output goes', async () => {
    const folder = left('blind', dead, (its) => [
      [its.progress, progress],
      [its.errors, '[ERROR]: canary'],
      [its.output, 'canary'],
      [its.vars, 'canary'],
      [its.tree, '{}'],
      [its.exit, '2\n'],
      [its.process, JSON.stringify(dead)],
    ]);
    const watch = await followRun(lab.base, 'blind', { signal, tell: () => undefined, withholds: true });
    const ending = endingOf(watch);
    expect(ending).toMatchObject({
      exitCode: 2,
      words: [],
      failures: [{ host: 'alpha', task: '(not shown)' }],
    });
    expect(JSON.stringify(ending)).not.toContain('canary');
    expect([folder.output, folder.errors, folder.vars].filter((it) => existsSync(it))).toEqual([]);
  });

  test('before it was started has done nothing', async () => {
    left('claimed', dead, ({ tree: manifest }) => [[manifest, '{}']]);
    await expect(lab.follow('claimed')).resolves.toEqual({ kind: 'lost' });
  });
});
