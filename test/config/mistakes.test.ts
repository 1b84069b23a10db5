import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Document, LineCounter, isMap, isNode, isPair, isScalar, parseDocument, visit } from 'yaml';
import { checkClusterConfig } from '../../src/config/load';
import { temporaryFolder, writeConfig } from './writing';

const folder = temporaryFolder();
const source = readFileSync(join(__dirname, 'fixtures/full.yaml'), 'utf8');

type Path = (string | number)[];

/** The paths of all keys of the file, found without the code under test. */
function keysOf(document: Document): Path[] {
  const paths: Path[] = [];
  visit(document, {
    Pair(_, pair, ancestors) {
      const chain = [...ancestors, pair];
      paths.push(
        chain.flatMap((it, level): Path => {
          if (isPair(it)) return isScalar(it.key) ? [String(it.key.value)] : [];
          const above = chain[level - 1];
          return above !== undefined && !isMap(above) && 'items' in above ? [above.items.indexOf(it)] : [];
        }),
      );
    },
  });
  return paths;
}

/** The line of a key, or of a list entry, in a text. */
function lineOf(text: string, path: Path): number {
  if (path.length === 0) return 1;
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [parent, last] = [document.getIn(path.slice(0, -1), true), path.at(-1)];
  const key = isMap(parent)
    ? parent.items.map((it) => it.key).find((it) => isScalar(it) && it.value === last)
    : document.getIn(path, true);
  if (!isNode(key) || key.range == null) throw new Error(`nothing at ${path.join('.')}`);
  return lineCounter.linePos(key.range[0]).line;
}

function problemsOf(text: string) {
  return checkClusterConfig(writeConfig(folder, text)).problems;
}

const paths = keysOf(parseDocument(source));
const required =
  /^(cluster|cluster\.(name|nodes|nodes\.\d\.(name|host))|credentials(\.environment(\.\w+)?|\.root_login\.file)?)$/;

describe('any single mistake in a full configuration', () => {
  test('there is none to begin with, and it has every key', () => {
    expect(problemsOf(source)).toEqual([]);
    expect(paths.length).toBeGreaterThan(50);
  });

  test.each(paths.map((path) => [path.join('.'), path] as const))(
    'without %s the file is valid, or the line of what should hold it is named',
    (name, path) => {
      const document = parseDocument(source);
      document.deleteIn(path);
      const text = document.toString();
      const [first, ...others] = problemsOf(text);
      if (!required.test(name)) {
        expect(first).toBeUndefined();
        return;
      }
      const parent = path.slice(0, -1);
      // Which of the three places for the token was meant can't be known: the section is named.
      const holder = name === 'credentials.environment' ? ['credentials'] : parent;
      expect(others).toEqual([]);
      expect(first?.line).toBe(lineOf(text, holder));
      expect(first?.message).toMatch(/^(is missing|names no place for the (token|password))$/);
      if (first?.message === 'is missing') expect(first.path.replaceAll(/\[(\d)\]/g, '.$1')).toBe(name);
    },
  );

  const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz_'.split(''));
  const fixedKeys = paths.filter(([first, ...rest]) => first !== 'tags' || rest.length === 0);

  test('one wrong, missing or added letter in a key is shown on its line, with the right key', () => {
    const mistake = fc
      .record({
        path: fc.constantFrom(...fixedKeys),
        at: fc.nat(40),
        insert: fc.option(letter, { nil: '' }),
        removed: fc.constantFrom(0, 1),
      })
      .map(({ path, at, insert, removed }) => {
        const key = String(path.at(-1));
        const index = at % key.length;
        return { path, key, mistyped: key.slice(0, index) + insert + key.slice(index + removed) };
      })
      .filter(({ key, mistyped }) => key !== mistyped);
    fc.assert(
      fc.property(mistake, ({ path, key, mistyped }) => {
        const document = parseDocument(source);
        const parent = document.getIn(path.slice(0, -1), true) ?? document.contents;
        const pair = isMap(parent)
          ? parent.items.find((it) => isScalar(it.key) && it.key.value === key)
          : undefined;
        if (!isScalar(pair?.key)) throw new Error(`no key ${key}`);
        pair.key.value = mistyped;
        const text = document.toString();
        const problems = problemsOf(text);
        expect(problems).toHaveLength(1);
        expect(problems[0]).toMatchObject({
          line: lineOf(text, [...path.slice(0, -1), mistyped]),
          message: 'is not a known key',
          nearest: key,
        });
      }),
      { numRuns: 200 },
    );
  });

  test('a value of the wrong type is shown on its line and with its path', () => {
    const leaves = fixedKeys.filter((path) => isScalar(parseDocument(source).getIn(path, true)));
    fc.assert(
      fc.property(fc.constantFrom(...leaves), fc.constantFrom([1], { a: 1 }, null, 1e9), (path, wrong) => {
        const document = parseDocument(source);
        document.setIn(path, document.createNode(wrong));
        const text = document.toString();
        const problems = problemsOf(text);
        expect(problems.map((it) => it.path.replaceAll(/\[(\d)\]/g, '.$1'))).toEqual([path.join('.')]);
        // A list or section begins on the line after its key.
        expect(problems[0]?.line).toBe(
          lineOf(text, path) + (typeof wrong === 'object' && wrong !== null ? 1 : 0),
        );
      }),
      { numRuns: 200 },
    );
  });
});
