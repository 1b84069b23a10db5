import { z } from 'zod';
import { isObject, type Json, type JsonObject } from '../json';
import type { Answer } from '../recording';

/** What a command has printed, and how it ended. */
export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const json: z.ZodType<Json> = z.json();

/**
 * What a command printed in the form of an answer, so that it is compared and falsified by the same code: the exit code as
 * status, the standard error as `message`, the standard output as `data`: parsed JSON, a drawn table's rows with their
 * cells as they stand (blanks and all), or lines. `layout` says how it was written.
 */
export function commandAnswer({ exitCode, stdout, stderr }: CommandOutput): Answer {
  const { data, layout } = readOutput(stdout);
  return {
    status: exitCode,
    reason: '',
    headers: {},
    body: { message: stderr, data, layout },
    task: undefined,
  };
}

/**
 * What the rules of comparison know a command by: of `pvesh` the path that it asks for, of others
 * `/commands/<tool> <words of the command>`.
 */
export function commandPath(argv: readonly string[]): string {
  const [tool = '', command = '', path = ''] = argv;
  if (tool === 'pvesh' && command === 'get' && path.startsWith('/')) return `/api2/json${path}`;
  const end = argv.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
  return `/commands/${argv.slice(0, end < 0 ? undefined : Math.max(end, 1)).join(' ')}`;
}

/** The lines of a command's answer whose output is text; undefined for any other answer. */
export function outputLines(body: Json): string[] | undefined {
  if (!isObject(body) || typeof body['layout'] !== 'string' || !Array.isArray(body['data'])) return undefined;
  const lines = body['data'].filter((line) => typeof line === 'string');
  return body['layout'].startsWith('text') && lines.length === body['data'].length ? lines : undefined;
}

function readOutput(stdout: string): { readonly data: Json; readonly layout: string } {
  if (stdout === '') return { data: [], layout: 'nothing' };
  const table = readTable(stdout);
  if (table !== undefined) return table;
  if (/^[[{]/.test(stdout)) {
    const parsed = parse(stdout);
    if (parsed !== undefined) return { data: parsed, layout: jsonLayout(stdout, parsed) };
  }
  const isWhole = stdout.endsWith('\n');
  return { data: stdout.replace(/\n$/, '').split('\n'), layout: isWhole ? 'text' : 'text, last line open' };
}

function parse(text: string): Json | undefined {
  try {
    return json.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Blanks between the parts, and whether the keys are in order: what is lost by parsing. */
function jsonLayout(text: string, parsed: Json): string {
  const inOrder = JSON.stringify(parsed) === JSON.stringify(sorted(parsed));
  const lines = text.split('\n').length - 1;
  const form = lines === 1 ? 'one line' : 'several lines';
  const blanks = /^ {3}"/m.test(text) && /" : /.test(text) ? ', three blanks' : '';
  return `json, ${form}${blanks}${inOrder ? ', keys in order' : ''}${text.endsWith('\n') ? '' : ', last line open'}`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => sorted(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

/** A table with lines round every cell; undefined for anything else. */
function readTable(text: string): { readonly data: Json; readonly layout: string } | undefined {
  const lines = text.replace(/\n$/, '').split('\n');
  const [top = '', header = '', ...rest] = lines;
  if (!/^┌[─┬]+┐$/.test(top)) return undefined;
  const edges = Array.from(top.matchAll(/[^─]/g), ({ index }) => index);
  const cells = (line: string): string[] =>
    edges.slice(1).map((edge, at) => line.slice((edges[at] ?? 0) + 1, edge));
  const names = cells(header);
  const rows = rest
    .filter((line) => line.startsWith('│'))
    .map((line): JsonObject => {
      const own = cells(line);
      return Object.fromEntries(names.map((name, at) => [name.trim(), own[at] ?? '']));
    });
  const rules = rest.filter((line) => !line.startsWith('│'));
  const wanted = ['╞', ...rows.slice(1).map(() => '├'), '└'];
  const isRegular =
    text.endsWith('\n') &&
    lines.every((line) => line.length === top.length) &&
    rules.map((rule) => rule.charAt(0)).join('') === wanted.join('');
  return {
    data: [Object.fromEntries(names.map((name) => [name.trim(), name])), ...rows],
    layout: `${isRegular ? 'table' : 'table, irregular'}: ${names.map((name) => name.trim()).join(', ')}`,
  };
}
