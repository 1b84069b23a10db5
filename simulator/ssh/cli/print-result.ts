import { ResultWithMembers } from '../../http/results';
import type { MethodSchema, ReturnsSchema } from '../../schema/load';
import { compactJson, plainText, prettyJson } from './json';
import { boxTable, type Column } from './table';

/** The text of a result in the format that was asked for; nothing for a call without a result. */
export function resultText(
  result: unknown,
  method: MethodSchema,
  format: ReadonlyMap<string, string>,
): string {
  const data = result instanceof ResultWithMembers ? result.data : result;
  if (data === null || data === undefined || format.has('quiet')) return '';
  switch (format.get('output-format') ?? 'text') {
    case 'json':
      return `${compactJson(data)}\n`;
    case 'json-pretty':
      return `${prettyJson(data)}\n`;
    default:
      return tableText(data, method.returns);
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function tableText(data: unknown, returns: ReturnsSchema | undefined): string {
  if (isList(data)) return listText(data, returns);
  if (typeof data !== 'object' || data === null) return `${plainText(data)}\n`;
  const rows = Object.entries<unknown>({ ...data })
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => ({ key, value }));
  return boxTable(
    [
      { key: 'key', alignRight: false },
      { key: 'value', alignRight: false },
    ],
    rows,
  );
}

/** The columns are what the schema says that rows may have: what identifies one first, the others in order. */
function listText(data: readonly unknown[], returns: ReturnsSchema | undefined): string {
  if (data.length === 0) return '';
  const rows = data.filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null);
  if (rows.length < data.length) return data.map((row) => `${plainText(row)}\n`).join('');
  const properties = returns?.items?.properties ?? {};
  const known = Object.keys(properties);
  const keys = known.length > 0 ? known : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const required = known.filter((key) => Number(properties[key]?.optional ?? 0) === 0).sort();
  const optional = keys.filter((key) => !required.includes(key)).sort();
  const columns = [...required, ...optional].map((key): Column => ({
    key,
    alignRight: ['integer', 'number'].includes(properties[key]?.type ?? ''),
  }));
  const [first] = columns;
  const sorted =
    first === undefined ? rows : [...rows].sort((one, other) => byText(one[first.key], other[first.key]));
  return boxTable(columns, sorted);
}

function byText(one: unknown, other: unknown): number {
  return plainText(one) < plainText(other) ? -1 : 1;
}
