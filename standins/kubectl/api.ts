import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { ToolError } from '../cobra';

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks the API of a kubeconfig. Throws ToolError in kubectl's words. */
export async function askApi(
  kubeconfig: string | undefined,
  method: string,
  path: string,
  body?: object,
): Promise<ApiAnswer> {
  const { server, ca, token } = loginOf(kubeconfig);
  const answer = await new Promise<ApiAnswer>((resolve, reject) => {
    const sent = request(
      new URL(path, server),
      {
        method,
        ca,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/merge-patch+json' }),
        },
      },
      (response) => {
        textOf(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, body: parsedJson(text) }),
          reject,
        );
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  }).catch(() => {
    throw new ToolError(
      `The connection to the server ${new URL(server).host} was refused - did you specify the right host or port?`,
    );
  });
  if (answer.status < 400 || answer.status === 429) return answer;
  throw new ToolError(
    answer.status === 401
      ? 'error: You must be logged in to the server (Unauthorized)'
      : `Error from server (${textAt(answer.body, 'reason')}): ${textAt(answer.body, 'message')}`,
  );
}

/** A text in an object of the API; empty if there is none. */
export function textAt(value: unknown, ...[key, ...rest]: readonly string[]): string {
  if (key === undefined) return typeof value === 'string' ? value : '';
  return isRecord(value) ? textAt(value[key], ...rest) : '';
}

/** The values of a list in an object of the API. */
export function listAt(value: unknown, ...[key, ...rest]: readonly string[]): readonly unknown[] {
  if (key === undefined) return Array.isArray(value) ? (value as readonly unknown[]) : [];
  return isRecord(value) ? listAt(value[key], ...rest) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function loginOf(file: string | undefined) {
  if (file === undefined) {
    throw new ToolError(
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
    );
  }
  const text = textIn(file);
  const [server, ca, token] = ['server', 'certificate-authority-data', 'token'].map((key) =>
    valueIn(text, key),
  );
  if (server === undefined || token === undefined || !URL.canParse(server)) {
    throw new ToolError(`error: error loading config file "${file}"`);
  }
  return { server, ca: Buffer.from(ca ?? '', 'base64').toString(), token };
}

/** Of the only cluster and the only user in a kubeconfig, whether it is written as YAML or as JSON. */
function valueIn(kubeconfig: string, key: string): string | undefined {
  return new RegExp(`\\b${key}"?:\\s*"?([^\\s",}]+)`).exec(kubeconfig)?.[1];
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ToolError(`error: stat ${file}: no such file or directory`);
  }
}

function parsedJson(text: string): unknown {
  return JSON.parse(text);
}
