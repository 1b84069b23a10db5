import { isAlias, isCollection, isPair, isScalar, parseAllDocuments, type Document, type Scalar } from 'yaml';
import { Secret } from '../domain/secret';

/** Shorter values stand everywhere (`true`, `eth0`); behind a name that tells a secret nothing is too short but these. */
const shortestValue = 8;
const shortestBehindName = 4;
/** `value` and `content` hold whatever a JSON patch, a variable or a file is given. */
const nameOfSecret = /auth|content|credential|crt|identity|key|pass|secret|token|username|value/i;
/** Where a JSON patch or a file belongs. */
const namesOfPlaces: ReadonlySet<string> = new Set(['op', 'path']);
/** How much of a longer value the parser of talosctl shows in an error about its type: `dXNlcjp...`. */
const shownByParser = 7;

/**
 * The values in a patch of a machine's configuration that must not be shown: a patch may hold passwords of registries, keys
 * and contents of files, and talosctl repeats what it does not understand. Of what can't be read as YAML every longer word.
 */
export function valuesInPatch(text: Secret): readonly Secret[] {
  const values = new Set<string>();
  for (const document of parseAllDocuments(text.reveal())) {
    addNode(values, document, document.contents, shortestValue);
    if (document.errors.length > 0) addWords(values, text.reveal());
  }
  return [...values].map((value) => new Secret(value));
}

/** What stands below a name of a secret is one too, however deep. */
function addNode(values: Set<string>, document: Document.Parsed, node: unknown, shortest: number): void {
  if (isAlias(node)) {
    addNode(values, document, node.resolve(document), shortest);
  } else if (isScalar(node)) {
    addScalar(values, node, shortest);
  } else if (isPair(node)) {
    const name = isScalar(node.key) ? String(node.key.value) : '';
    if (namesOfPlaces.has(name)) return;
    addNode(values, document, node.value, nameOfSecret.test(name) ? shortestBehindName : shortest);
  } else if (isCollection(node)) {
    for (const item of node.items) addNode(values, document, item, shortest);
  }
}

/** As it is meant, as it is written, and line by line; also with its apostrophes as YAML writes them. */
function addScalar(values: Set<string>, { value, source = '' }: Scalar, shortest: number): void {
  if (typeof value === 'boolean') return;
  for (const text of [typeof value === 'string' ? value : '', source]) {
    for (const part of [text, ...text.split('\n')]) {
      const line = part.trim();
      addText(values, line, shortest);
      addText(values, line.replaceAll("'", "''"), shortest);
      if (line.length > shownByParser) addText(values, `${line.slice(0, shownByParser)}...`, shortest);
    }
  }
}

function addWords(values: Set<string>, text: string): void {
  for (const word of text.split(/[\s"',:[\]{}]+/)) addText(values, word, shortestValue);
}

function addText(values: Set<string>, text: string, shortest: number): void {
  if (text.length >= shortest && text !== 'true' && text !== 'false') values.add(text);
}
