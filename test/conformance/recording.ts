import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { commandAnswer, commandPath } from './commands/answer';
import type { Json, JsonObject } from './json';

const json: z.ZodType<Json> = z.json();
const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), json);

const requestSchema = z.looseObject({
  method: z.string().optional(),
  path: z.string().optional(),
  params: jsonObject.nullish(),
  node: z.string().nullish(),
  /** Absent: the recorder's own token; null: no credentials; else a label or a literal header (replay/identity.ts). */
  auth: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  /** A command and its arguments, run as root on the node. */
  argv: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  raw_body: z.string().nullish(),
});

const responseSchema = z.looseObject({
  status: z.number().int().optional(),
  reason: z.string().optional(),
  exit_code: z.number().int().optional(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
  headers: z.record(z.string(), z.string()).nullish(),
  body: json.optional(),
  /** How long the answer took, seconds. */
  seconds: z.number().nullish(),
  /** Final status of the task that the answer's UPID names, where the recorder waited for it. */
  task: jsonObject.nullish(),
});

/** One entry of a recording, as the recorder wrote it. */
const recordingEntrySchema = z.looseObject({
  title: z.string(),
  request: requestSchema,
  response: responseSchema.optional(),
  /** Why this entry is not to be replayed. */
  superseded: z.unknown().optional(),
});

/** A recording file: entries in the order in which they happened. */
const recordingSchema = z.array(recordingEntrySchema);

/**
 * What a client sent, or the command that root ran (`argv`; method and path then only name it). `body` is sent byte by byte as it stands;
 * otherwise `params` go into the form or query.
 */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly params: JsonObject | null;
  readonly node: string | null;
  readonly auth: string | null | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly argv?: readonly string[];
}

/** What came back. `body` is undefined where there was none, a string where it was no JSON. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
  /** Final status of the task that the answer named, if it was waited for. */
  readonly task: JsonObject | undefined;
  /** How long a recorded answer took, where the recording says so. */
  readonly seconds?: number;
}

/** One recorded exchange that is to be replayed: a REST request, or a command with its output. */
export interface Exchange {
  readonly index: number;
  readonly title: string;
  readonly request: RestRequest;
  readonly answer: Answer;
}

/** A recording: what is replayed, and how much of it is not. */
export interface Recording {
  readonly name: string;
  readonly file: string;
  readonly exchanges: readonly Exchange[];
  readonly superseded: number;
  /** Timing rows, out-of-band actions, commands without their output: nothing to replay. */
  readonly notRest: number;
}

type Entry = z.infer<typeof recordingEntrySchema>;

/** An entry as an exchange, or undefined where it is no single one (an action, a summary, a command without its output). */
function exchangeOf(entry: Entry, index: number): Exchange | undefined {
  const { request, response } = entry;
  if (request.argv != null) return commandOf(entry, request.argv, index);
  const { method, path } = request;
  if (method === undefined || path === undefined || path.includes('{')) return undefined;
  if (response?.status === undefined || response.headers === undefined) return undefined;
  return {
    index,
    title: entry.title,
    request: {
      method,
      path,
      params: request.params ?? null,
      node: request.node ?? null,
      auth: request.auth,
      headers: request.headers ?? {},
      body: request.body ?? request.raw_body ?? undefined,
    },
    answer: {
      status: response.status,
      reason: response.reason ?? '',
      headers: response.headers ?? {},
      body: response.body ?? undefined,
      task: response.task ?? undefined,
      ...durationOf(response.seconds),
    },
  };
}

function commandOf(
  { title, request, response = {} }: Entry,
  argv: readonly string[],
  index: number,
): Exchange | undefined {
  const { exit_code: exitCode, stdout, stderr } = response;
  if (exitCode === undefined || stdout === undefined || stderr === undefined) return undefined;
  return {
    index,
    title,
    request: {
      method: 'RUN',
      path: commandPath(argv),
      params: null,
      node: request.node ?? null,
      auth: undefined,
      headers: {},
      body: undefined,
      argv,
    },
    answer: { ...commandAnswer({ exitCode, stdout, stderr }), ...durationOf(response.seconds) },
  };
}

function durationOf(seconds: number | null | undefined): Pick<Answer, 'seconds'> {
  return seconds == null ? {} : { seconds };
}

/** Reads one recording file; throws with the file's name where it is none. */
export function loadRecording(file: string): Recording {
  const parsed = recordingSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is no recording: ${z.prettifyError(parsed.error)}`);
  const live = parsed.data.map((entry, index) => ({ entry, index }));
  const replayable = live.filter(({ entry }) => entry.superseded === undefined);
  const exchanges = replayable
    .map(({ entry, index }) => exchangeOf(entry, index))
    .filter((exchange) => exchange !== undefined);
  return {
    name: basename(file, '.json'),
    file,
    exchanges,
    superseded: live.length - replayable.length,
    notRest: replayable.length - exchanges.length,
  };
}

/** All recordings of a folder (not of its subfolders), by name. */
export function loadRecordings(folder: string): Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => loadRecording(join(folder, name)));
}
