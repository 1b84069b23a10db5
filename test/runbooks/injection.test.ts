import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { fill } from '../../src/domain/runbook/text';
import type { RunValues } from '../../src/domain/runbook/values';
import { around, checkText, kindsOf, renderText } from './support/runbooks';

/** Texts that would make a file `pwned`, or change words, wherever a shell looks into them. */
const canaries = [
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned ;',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '\ntouch pwned\n',
  'x\nEOF\ntouch pwned\n',
  '&& touch pwned',
  '| touch pwned',
  '> pwned',
  ')\ntouch pwned',
  'a[$(touch pwned)]',
  '${x:=$(touch pwned)}',
  '#\ntouch pwned',
  "'\"'\"'",
  '\\',
  '\\"; touch pwned; \\"',
  '*',
  '~',
  '{a,b}',
  '$HOME ${PATH} $1 $@',
  '!!',
  '-n',
  '  two  spaces  ',
  'Zeilenende\r\n',
  '\u2028\u202e\ufeff',
  '',
];

/** How a value may stand in a script, and the words that the program has to see then. */
const places: readonly (readonly [
  name: string,
  script: string,
  words: (value: string) => readonly string[],
])[] = [
  ['a word', 'argv {{text}}', (v) => [v]],
  ['part of a word', 'argv a-{{text}}-b', (v) => [`a-${v}-b`]],
  ['two in a word', 'argv {{text}}{{text}}', (v) => [v + v]],
  ['double quotes', 'argv "a {{text}} b"', (v) => [`a ${v} b`]],
  ['single quotes', "argv 'a {{text}} b'", (v) => [`a ${v} b`]],
  ['an option', 'argv --name={{text}}', (v) => [`--name=${v}`]],
  ['a substitution', 'argv "$(printf %s. {{text}})"', (v) => [`${v}.`]],
  ['quotes in a substitution', 'argv "$(printf %s. "x{{text}}")"', (v) => [`x${v}.`]],
  ['backticks', 'argv "`printf %s. {{text}}`"', (v) => [`${v}.`]],
  ['an assignment', 'value={{text}}\nargv "$value"', (v) => [v]],
  ['an exported variable', 'export VALUE={{text}}\nargv "$VALUE"', (v) => [v]],
  ['an array', 'all=({{text}} z)\nargv "${all[@]}"', (v) => [v, 'z']],
  ['a loop', 'for it in {{text}} z; do argv "$it"; done', (v) => [v, 'z']],
  ['a case', 'case {{text}} in never) ;; *) argv {{text}} ;; esac', (v) => [v]],
  ['a test', '[ x{{text}} = x{{text}} ] && argv {{text}}', (v) => [v]],
  ['a double test', '[[ {{text}} == "{{text}}" ]] && argv {{text}}', (v) => [v]],
  ['a function', 'f() { argv "$1" {{text}}; }\nf {{text}}', (v) => [v, v]],
  ['a subshell', '( argv {{text}} )', (v) => [v]],
  ['a pipeline', 'printf %s. {{text}} | { read -r -d "" all; argv "$all"; }', (v) => [`${v}.`]],
  ['a condition', 'if true; then argv {{text}}; else argv no; fi', (v) => [v]],
  ['behind a comment', '# {{text}}\nargv {{text}} # {{text}}', (v) => [v]],
  ['a here-string', 'argv "$(cat <<< x{{text}}.)"', (v) => [`x${v}.`]],
  ['a here-document', 'argv "$(cat <<EOF\nx{{text}}.\nEOF\n)"', (v) => [`x${v}.`]],
  [
    'a here-document with a pipe',
    'cat <<EOF | { read -r -d "" all; argv "$all"; }\nx{{text}}.\nEOF',
    (v) => [`x${v}.`],
  ],
];

/** Reading leaves out blanks at the ends, which is the script's doing. */
const trims = new Set(['a pipeline', 'a here-document with a pipe']);

// Some hundred runs of bash.
jest.setTimeout(300_000);

describe('values in bash blocks', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxm-injection-'));
    writeFileSync(join(folder, 'argv'), '#!/bin/sh\nprintf \'%s\\0\' "$@"\n');
    chmodSync(join(folder, 'argv'), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(script: string) {
    const { stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      env: { PATH: `${folder}:/usr/bin:/bin`, HOME: '/nowhere', LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
      timeout: 10_000,
    });
    return { words: stdout.split('\0').slice(0, -1), stderr };
  }

  const block = (script: string, language = 'bash') =>
    around(
      `1. **Do it** (local)\n\n   \`\`\`${language}\n${script.replace(/^/gm, '   ')}\n   \`\`\`\n`,
    ).replace('jq,', 'jq, argv, never,');

  /** Only whether it is refused for that: some scripts have other faults too. */
  async function unsafeKinds(script: string) {
    const kinds = kindsOf(await checkText(block(script)));
    return [...new Set(kinds.filter((kind) => kind === 'unsafe-placeholder'))];
  }

  async function scriptWith(text: string, value: string, values: RunValues = {}) {
    const { steps } = await renderText(text, { node: 'pve01', text: value });
    const action = steps.at(-1)?.action;
    if (action?.type !== 'script') throw new Error('it is no script');
    return fill(action.script, values);
  }

  describe.each(places)('in %s', (name, script, wordsFor) => {
    const expected = (value: string) =>
      wordsFor(value).map((word) => (trims.has(name) ? word.replace(/^[ \t\n]+/, '') : word));

    it('come to the program as they are, and are never run', async () => {
      for (const value of canaries) {
        const { words, stderr } = run(await scriptWith(block(script), value));
        expect({ value, words, stderr }).toEqual({ value, words: expected(value), stderr: '' });
      }
      expect(existsSync(join(folder, 'pwned'))).toBe(false);
    });

    it('are as safe where they are captured only when it runs', async () => {
      const captured = block(script.replaceAll('{{text}}', '{{got}}')).replace(
        '## Steps\n',
        '## Steps\n\n1. **Get it** (API)\n   ```http {capture=got}\n   GET /version\n   ```\n',
      );
      for (const value of canaries.slice(0, 5)) {
        const { words } = run(await scriptWith(captured, '', { got: value }));
        expect({ value, words }).toEqual({ value, words: expected(value) });
      }
      expect(existsSync(join(folder, 'pwned'))).toBe(false);
    });
  });

  it('stay whole whatever they are', async () => {
    const script = places.filter(([name]) => !trims.has(name)).slice(0, 14);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 40 }).filter((it) => !it.includes('\0')),
        fc.constantFrom(...script),
        async (value, [, text, wordsFor]) => {
          expect(run(await scriptWith(block(text), value)).words).toEqual(wordsFor(value));
        },
      ),
      { numRuns: 60, seed: 5 },
    );
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  it('are refused where a shell would look into them', async () => {
    const unsafe = [
      'eval {{text}}',
      'bash -c "ls {{text}}"',
      "bash -c 'ls {{text}}'",
      'env A=1 sh -c {{text}}',
      'timeout 5 bash -c "{{text}}"',
      'find . -exec sh -c "{{text}}" \\;',
      'echo {{text}} | bash',
      'echo {{text}} | xargs sh -c',
      '( echo {{text}} ) | sh',
      'bash <<EOF\nls {{text}}\nEOF',
      'cat <<EOF | bash\nls {{text}}\nEOF',
      'bash <<< {{text}}',
      'source <(echo {{text}})',
      '. {{text}}',
      'ssh other "ls {{text}}"',
      'su -c {{text}}',
      'line={{text}}\neval "$line"',
      'line={{text}}\nbash -c "$line"',
      'line={{text}}\necho $((line + 1))',
      'line={{text}}\n(( line > 1 )) && ls',
      'line={{text}}\n[[ $line -eq 1 ]] && ls',
      'line={{text}}\necho "${!line}"',
      '[[ {{text}} -eq 1 ]] && ls',
      '[[ -v {{text}} ]] && ls',
      'echo $(( {{text}} + 1 ))',
      'for ((i=0; i<{{text}}; i++)); do ls; done',
      'declare -i n={{text}}',
      'let n={{text}}',
      'printf -v {{text}} x',
      'unset {{text}}',
      "trap '{{text}}' EXIT",
      'read {{text}}',
      'a[{{text}}]=1',
      'echo "${a[{{text}}]}"',
      'echo ${a:-{{text}}}',
      'echo "${a:-{{text}}}"',
      "echo $'a{{text}}'",
      'echo ${{text}}',
      'echo \\{{text}}',
      '{{text}} now',
      '{{text}}=1',
      '{{text}}() { ls; }',
      "cat <<'EOF'\n{{text}}\nEOF",
      'awk "/{{text}}/ { print }" /dev/null',
      'sed s/a/{{text}}/e /dev/null',
      'sed -e {{text}} /dev/null',
      'ls | sed {{text}}',
      'sudo {{text}} x',
      'timeout 5 {{text}}',
      'script -c {{text}} log',
      'echo {{text}} | at now',
    ];
    for (const script of unsafe) {
      expect({ script, kinds: await unsafeKinds(script) }).toEqual({
        script,
        kinds: ['unsafe-placeholder'],
      });
    }
  });

  it('may stand anywhere if their type has no character that means anything', async () => {
    for (const script of [
      'echo $(( {{vmid}} + 1 ))',
      'bash -c "echo {{vmid}}"',
      "ssh other 'echo {{vmid}}'",
      'awk "\\$1 > {{vmid}}" /dev/null',
      '(( {{vmid}} > 5 )) && ls',
    ]) {
      expect({ script, kinds: kindsOf(await checkText(block(script))) }).toEqual({ script, kinds: [] });
    }
    expect(run(await scriptWith(block('argv $(( {{vmid}} + 1 ))'), '')).words).toEqual(['101']);
  });

  it('are refused raw if they have a character that means something to a shell', async () => {
    await expect(scriptWith(block('argv {{{text}}}'), '-a --b=c x')).resolves.toBe('argv -a --b=c x');
    for (const value of canaries.filter((it) => /[^\w -]/.test(it)))
      await expect(scriptWith(block('argv {{{text}}}'), value)).rejects.toThrow('raw values');
  });

  it('are refused with a NUL, which no command can have', async () => {
    await expect(scriptWith(block('argv {{text}}'), 'a\0b')).rejects.toThrow('NUL');
  });

  it('are arguments of their own in command blocks', async () => {
    for (const value of canaries) {
      const { steps } = await renderText(block('argv --x={{text}} "{{text}}" {{text}}', 'command'), {
        node: 'pve01',
        text: value,
      });
      const action = steps[0]?.action;
      if (action?.type !== 'program') throw new Error('it is no program');
      expect(action.words.map((word) => fill(word, {}))).toEqual(['argv', `--x=${value}`, value, value]);
    }
  });
});
