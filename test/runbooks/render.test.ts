import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedFolder } from '../../src/runbooks/catalogue';
import { fill, shownText } from '../../src/domain/runbook/text';
import { around, checkText, renderText } from './support/runbooks';

const F = '```';
const step = (label: string, info: string, body: string, after = '') =>
  around(`1. **Do it** ${label}\n   ${F}${info}\n${body.replace(/^/gm, '   ')}\n   ${F}\n   ${after}\n`);

async function rendered(text: string, parameters: Readonly<Record<string, string>> = {}) {
  const { steps } = await renderText(text, { node: 'pve01', ...parameters });
  const [first] = steps;
  if (first === undefined) throw new Error('there is no step');
  return first;
}

describe('rendering a runbook', () => {
  it('puts parameters in, encoded for their places', async () => {
    const text = 'a/b c&d=é';
    const { action, kind, shown } = await rendered(
      step(
        '(API)',
        'http {wait=task}',
        'POST /nodes/{{node}}/x/{{text}}?y={{text}}\nnote=<{{text}}>\nsshkeys={{text}}',
      ),
      { text },
    );
    expect(action).toEqual({
      type: 'request',
      method: 'POST',
      path: ['/nodes/pve01/x/a%2Fb%20c%26d%3D%C3%A9?y=a%2Fb%20c%26d%3D%C3%A9'],
      headers: [],
      parameters: [
        { name: 'note', value: [`<${text}>`] },
        { name: 'sshkeys', value: ['a%2Fb%20c%26d%3D%C3%A9'] },
      ],
      waitForTask: true,
    });
    expect(kind).toBe('change');
    expect(shown).toContain('(waits for the task)');
  });

  it.each(['..', '.', ''])('refuses %j as a part of a path', async (text) => {
    await expect(rendered(step('(API)', 'http', 'GET /pools/{{text}}'), { text })).rejects.toThrow(
      "can't be part of a path",
    );
  });

  it('leaves places for what is known only later, and fills them as they need it', async () => {
    const text = around(
      `1. **A** (API)\n   ${F}http {capture=got}\n   GET /version\n   ${F}\n\n2. **B** (API)\n   ${F}http\n   GET /pools/{{got}}\n   ${F}\n`,
    );
    const { steps } = await renderText(text, { node: 'pve01' });
    const action = steps[1]?.action;
    if (action?.type !== 'request') throw new Error('it is no request');
    expect(action.path).toEqual(['/pools/', { value: 'got', as: 'url' }]);
    expect(steps[1]?.shown).toBe('GET /pools/{{got}}');
    expect(fill(action.path, { got: '../a b' })).toBe('/pools/..%2Fa%20b');
    expect(() => fill(action.path, { got: '..' })).toThrow(RangeError);
    expect(() => fill(action.path, {})).toThrow('has no value');
  });

  it('puts parameters into what a person reads, leaves places for what is known only later, and shows it', async () => {
    const text = around(
      `1. **A** (API)\n   ${F}http {capture=got}\n   GET /version\n   ${F}\n\n2. **B** (human)\n   Look at {{node}}, <NODE> and {{ got }}; not at {{secret:password}} or {{.Name}}.\n`,
    );
    const checked = await checkText(text);
    expect(checked.problems.filter(({ message }) => message.includes('parameter node'))).toEqual([]);
    const { steps } = await renderText(text, { node: 'pve01' });
    const instructions = 'Look at pve01, <NODE> and {{got}}; not at {{secret:password}} or {{.Name}}.';
    expect(steps[1]).toMatchObject({
      instructions,
      shown: `a person says that it is done: ${instructions}`,
    });
  });

  it('has secrets as references only', async () => {
    const runbook = await renderText(
      step('(local)', 'bash {stdin="{{secret:password}}"}', 'cat > /dev/null'),
      { node: 'pve01' },
    );
    expect(runbook.secrets).toEqual(['password']);
    const action = runbook.steps[0]?.action;
    if (action?.type !== 'script' || action.stdin === undefined) throw new Error('it has no input');
    expect(action.stdin).toEqual([{ secret: 'password' }]);
    expect(shownText(action.stdin)).toBe('[secret password]');
    expect(fill(action.stdin, {}, () => 'hunter2')).toBe('hunter2');
  });

  it.each([
    ['(API)', 'http', 'GET /version', 'read'],
    ['(API)', 'http', 'POST /pools', 'change'],
    ['(API)', 'http {destructive}', 'DELETE /pools/a', 'destroy'],
    ['(SSH)', 'bash', 'lsblk | sort > /dev/null 2>&1', 'read'],
    ['(SSH)', 'bash', 'ls > list', 'change'],
    ['(SSH)', 'bash', 'sort -uo list list', 'change'],
    ['(SSH)', 'bash', "sed -n 's/a/b/p' /etc/x", 'read'],
    ['(SSH)', 'bash', "sed -Ei '$a line' /etc/x", 'change'],
    ['(SSH)', 'bash', "sed --in-place=.bak 's/a/b/' /etc/x", 'change'],
    ['(SSH)', 'bash', 'hostname', 'read'],
    ['(SSH)', 'bash', 'hostname other', 'change'],
    ['(SSH)', 'bash', 'date -u +%s', 'read'],
    ['(SSH)', 'bash', 'date -s tomorrow', 'change'],
    ['(SSH)', 'bash', 'pvecm expected 1', 'change'],
    ['(SSH)', 'bash', 'awk 1 x', 'change'],
    ['(SSH)', 'bash {read}', 'awk 1 x', 'read'],
    ['(SSH)', 'bash', 'pvesm status | sort', 'read'],
    ['(SSH)', 'bash', 'qm set 100 --onboot 1 | sort', 'change'],
    ['(SSH)', 'bash {destructive}', 'rm -r /srv/x', 'destroy'],
    ['(SSH)', 'yaml {file=/etc/x}', 'a: 1', 'change'],
    ['(runbook)', 'runbook', 'storage-check\nnode=a', 'change'],
    ['(API)', 'builtin', 'pick_node', 'read'],
  ])('%s %s %j is a %s', async (label, info, body, kind) => {
    expect((await rendered(step(label, info, body))).kind).toBe(kind);
  });

  it('decides conditions that parameters decide, and keeps the others', async () => {
    const withWhen = (when: string) => step('(API)', `http {when="${when}" capture=got}`, 'GET /version');
    expect((await rendered(withWhen("text == 'x'"), { text: 'x' })).when).toBeUndefined();
    expect((await rendered(withWhen("text == 'x'"), { text: 'y' })).when).toEqual({
      kind: 'literal',
      value: false,
    });
    const text = around(
      `1. **A** (API)\n   ${F}http {capture=got}\n   GET /version\n   ${F}\n\n2. **B** (API)\n   ${F}http {when="text and got/x > 2"}\n   GET /version\n   ${F}\n`,
    );
    const { steps } = await renderText(text, { node: 'pve01', text: 'x' });
    expect(steps[1]?.when).toMatchObject({
      kind: 'compare',
      operator: '>',
      left: { name: 'got', path: ['x'] },
    });
  });

  it('knows the items of a list, and leaves others to the run', async () => {
    const loop = (list: string) =>
      step('(API)', `http {for-each=${list} as=one parallel=2 on-error=continue}`, 'GET /pools/{{one}}');
    expect((await rendered(loop('names'), { names: 'a, b' })).forEach).toEqual({
      items: ['a', 'b'],
      as: 'one',
      parallel: 2,
      onError: 'continue',
    });
    expect((await rendered(loop('nodes'))).forEach?.items).toEqual(['pve01', 'pve02']);
  });

  it('says where each step runs', async () => {
    expect((await rendered(step('(SSH)', 'bash', 'ls'))).place).toEqual({ at: 'node', node: ['pve01'] });
    expect((await rendered(step('(SSH)', 'bash {on=every}', 'ls'))).place).toEqual({ at: 'everyNode' });
    expect((await rendered(step('(SSH)', 'bash {on={{text}}}', 'ls'), { text: 'pve02' })).place).toEqual({
      at: 'node',
      node: ['pve02'],
    });
    expect((await rendered(step('(local)', 'bash', 'date'))).place).toEqual({ at: 'worker' });
    expect((await rendered(step('(API)', 'http', 'GET /version'))).place).toEqual({ at: 'cluster' });
  });

  it('puts the clean-up last', async () => {
    const text = around(
      `1. **A** (SSH)\n   ${F}bash {cleanup=on-failure}\n   ls\n   ${F}\n\n2. **B** (SSH)\n   ${F}bash\n   ls\n   ${F}\n\n## Cleanup\n\n- **C** (SSH)\n  ${F}bash\n  ls\n  ${F}\n- Write it down\n`,
    );
    const { steps } = await renderText(text, { node: 'pve01' });
    expect(steps.map(({ id, cleanup }) => [id, cleanup])).toEqual([
      ['step-2', undefined],
      ['step-1', 'onFailure'],
      ['cleanup-1', 'always'],
    ]);
  });

  it('names every parameter that is missing or wrong at once', async () => {
    const text = step('(API)', 'http', 'GET /version');
    await expect(renderText(text, { vmid: '12', txet: 'x' })).rejects.toThrow(
      /no parameter txet; did you mean text\?[\s\S]*node is missing[\s\S]*vmid is "12"; expected a VMID/,
    );
  });

  it('refuses a runbook with errors', async () => {
    await expect(renderText(step('', 'http', 'GET /version'), { node: 'pve01' })).rejects.toThrow(
      'missing-label',
    );
  });

  it('makes plain data', async () => {
    const source = { url: 'https://x.example/a.qcow2', algorithm: 'sha512' as const, digest: 'ab' };
    const text = readFileSync(join(shippedFolder, 'debian-13.md'), 'utf8');
    const runbook = await renderText(text, { node: 'pve01', vmid: '900' }, { source });
    expect(JSON.parse(JSON.stringify(runbook))).toEqual(runbook);
    expect(runbook.steps.map(({ id, kind, cleanup }) => [id, kind, cleanup])).toMatchInlineSnapshot(`
      [
        [
          "download",
          "change",
          undefined,
        ],
        [
          "vendor",
          "change",
          undefined,
        ],
        [
          "create",
          "change",
          undefined,
        ],
        [
          "resize",
          "change",
          undefined,
        ],
        [
          "convert",
          "change",
          undefined,
        ],
        [
          "look",
          "read",
          undefined,
        ],
        [
          "remove-vm",
          "destroy",
          "onFailure",
        ],
        [
          "remove-image",
          "destroy",
          "always",
        ],
      ]
    `);
    expect(runbook.parameters).toContainEqual({ name: 'storage', value: 'local-lvm', from: 'configuration' });
    expect(JSON.stringify(runbook.steps[0]?.action)).toContain('"checksum-algorithm","value":["sha512"]');
    await expect(renderText(text, { node: 'pve01', vmid: '900' })).rejects.toThrow('no checksum');
  });
});
