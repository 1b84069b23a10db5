import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPlaybook, playbookNames } from '../../src/ansible/catalogue';
import { readListing } from '../../src/ansible/listing';
import { changedFiles, readTree } from '../../src/ansible/tree';
import { makeTree, type PlaybookTreeLab } from './support/tree';

const { signal } = new AbortController();

let tree: PlaybookTreeLab;
beforeEach(() => {
  tree = makeTree();
});
afterEach(() => tree.remove());

describe('the tree of playbooks', () => {
  test('counts contents, the right to execute and where links point to, and nothing below .git', async () => {
    tree.write('playbooks/site.yaml', 'one');
    symlinkSync('site.yaml', join(tree.root, 'playbooks/link.yaml'));
    const before = await readTree(tree.root, signal);
    tree.write('.git/HEAD', 'ref');
    tree.write('roles/.git/HEAD', 'ref');
    expect((await readTree(tree.root, signal)).tree.sha256).toBe(before.tree.sha256);
    tree.write('playbooks/site.yaml', 'two');
    tree.write('__proto__', 'x');
    const after = await readTree(tree.root, signal);
    expect(after.tree.sha256).not.toBe(before.tree.sha256);
    expect(changedFiles(before.manifest, after.manifest)).toEqual(['__proto__', 'playbooks/site.yaml']);
    expect(after.tree.parts.map(({ name }) => name)).toEqual(['__proto__', 'inventory', 'playbooks']);
  });

  test('that is too large is refused with its largest part', async () => {
    mkdirSync(join(tree.root, 'cache'));
    for (let at = 0; at < 6; at += 1) writeFileSync(join(tree.root, 'cache', `${at}`), 'xxxx');
    await expect(readTree(tree.root, signal, { mostFiles: 5, mostBytes: 1_000_000 })).rejects.toMatchObject({
      code: 'InputInvalid',
      problem: { failed: expect.stringMatching(/more than 5 files; most of them so far in cache/) as string },
    });
  });

  test('has playbooks by name; a name that is wrong is told with the one that was meant', () => {
    tree.write('playbooks/site.yaml', '');
    tree.write('playbooks/users.yml', '');
    tree.write('playbooks/roles/x.yaml', '');
    const places = { playbooks: join(tree.root, 'playbooks') };
    expect(playbookNames(places)).toEqual(['site', 'users']);
    expect(findPlaybook(places, 'users')).toBe(join(tree.root, 'playbooks/users.yml'));
    expect(() => findPlaybook(places, 'uesrs')).toThrow(/neither uesrs\.yaml nor uesrs\.yml/);
    tree.write('playbooks/site.yml', '');
    expect(() => findPlaybook(places, 'site')).toThrow(/site\.yaml and site\.yml/);
  });
});

test('what Ansible lists is read with plays without hosts, names with brackets and tasks without a name', () => {
  const text = [
    '',
    'playbook: /x/site.yaml',
    '',
    '  play #1 (web): Web (all of it): now\tTAGS: [a]',
    "    pattern: ['web']",
    '    hosts (2):',
    '      web2',
    '      web1',
    '    tasks:',
    '      Say hello\tTAGS: [a, b]',
    '      ansible.builtin.command\tTAGS: []',
    '',
    '  play #2 (db): db\tTAGS: []',
    "    pattern: ['db']",
    '    hosts (0):',
    '    tasks:',
    '',
  ].join('\n');
  expect(readListing(text)).toEqual([
    {
      ...{ pattern: 'web', name: 'Web (all of it): now', hosts: ['web1', 'web2'] },
      tasks: ['Say hello', 'ansible.builtin.command'],
    },
    { pattern: 'db', name: 'db', hosts: [], tasks: [] },
  ]);
});
