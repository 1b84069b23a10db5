import { parseAllDocuments } from 'yaml';
import { ToolError } from '../cobra';
import { readText } from './access';

/** The documents of a machine configuration; the first is the main one, which has no `kind`. */
export type Documents = object[];

/** The documents with strategic merge patches: texts, or `@file`. */
export function patched(documents: Documents, patches: readonly string[]): Documents {
  return patches.flatMap(patchDocuments).reduce<Documents>((before, patch) => {
    const kind = kindOf(patch);
    const isThere = before.some((it) => kindOf(it) === kind);
    if (!isThere) return [...before, patch];
    return before.map((it) => (kindOf(it) === kind ? merged(it, patch) : it));
  }, documents);
}

function patchDocuments(patch: string): Documents {
  const text = patch.startsWith('@') ? readText(patch.slice(1), 'error parsing config JSON patch') : patch;
  return parsedDocuments(text, 'error parsing config JSON patch');
}

/** The documents in a text. Throws ToolError, which quotes the text as Go's parser does. */
export function parsedDocuments(text: string, attempted: string): Documents {
  const parts = [...parseAllDocuments(text)];
  const values = parts.map((part): unknown => {
    const [error] = part.errors;
    if (error !== undefined) throw new ToolError(`${attempted}: yaml: ${error.message}`);
    return part.toJS();
  });
  return values.map((value) => {
    if (isPlain(value)) return value;
    throw new ToolError(`${attempted}: cannot unmarshal ${JSON.stringify(value)} into a document`);
  });
}

/** The kind of a document; empty for the main one. */
export function kindOf(document: object): string {
  return 'kind' in document && typeof document.kind === 'string' ? document.kind : '';
}

/** Maps are merged, lists are added to. */
function merged(before: object, patch: object): object {
  const result: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(patch)) {
    const old = result[key];
    if (isPlain(old) && isPlain(value)) result[key] = merged(old, value);
    else if (isList(old) && isList(value)) result[key] = [...old, ...value];
    else result[key] = value;
  }
  return result;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** A map of YAML. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
