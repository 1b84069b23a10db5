import { isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { ManagerError, problem } from '../domain/errors';
import { YamlDocument, type ConfigPath } from './yamlDocument';

/** A key that is to be added to a section of a YAML file. */
export interface AddedKey {
  /** Where the section is. */
  readonly section: ConfigPath;
  /** The key of the section that it is written behind. */
  readonly behind: string;
  readonly key: string;
  /** As it is written, with quotes where they are needed. */
  readonly value: string;
}

/**
 * The text with the key added; everything else stays as it is written. Throws ConfigInvalid, with the line to write by
 * hand, where the section is written in a way that leaves no safe place.
 */
export function addKey(text: string, added: AddedKey): string {
  const { document } = new YamlDocument(text);
  const section: unknown = document.getIn(added.section, true);
  const changed = isMap(section) ? inserted(text, section, added) : undefined;
  if (changed !== undefined && holds(changed, added)) return changed;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `add ${added.section.join('.')}.${added.key} to the configuration`,
      failed: 'the file is written in a way that leaves no safe place for it',
      remedy: `Write it there by hand: ${added.key}: ${added.value}`,
    }),
  );
}

function inserted(text: string, section: YAMLMap, { behind, key, value }: AddedKey): string | undefined {
  const pair = section.items.find((it) => isScalar(it.key) && it.key.value === behind);
  if (pair === undefined || section.range == null) return undefined;
  if (section.flow === true) {
    const end = rangeOf(pair.value)?.[1];
    return end === undefined ? undefined : `${text.slice(0, end)}, ${key}: ${value}${text.slice(end)}`;
  }
  return behindLine(text, pair, `${key}: ${value}`);
}

/** On a line of its own, with the indentation of the key before it. */
function behindLine(text: string, pair: Pair, line: string): string | undefined {
  const [start, end] = [rangeOf(pair.key)?.[0], rangeOf(pair.value)?.[1]];
  if (start === undefined || end === undefined) return undefined;
  const indentation = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const newLine = text.includes('\r\n') ? '\r\n' : '\n';
  const found = text.indexOf('\n', end);
  const lineEnd = found === -1 ? text.length : found + 1;
  const before = text.slice(0, lineEnd);
  return `${before}${before.endsWith('\n') ? '' : newLine}${indentation}${line}${newLine}${text.slice(lineEnd)}`;
}

function rangeOf(node: unknown): Node['range'] {
  return isScalar(node) ? node.range : undefined;
}

function holds(text: string, { section, key, value }: AddedKey): boolean {
  const { document } = new YamlDocument(text);
  if (document.errors.length > 0) return false;
  return String(document.getIn([...section, key])) === value.replace(/^"(.*)"$/, '$1');
}
