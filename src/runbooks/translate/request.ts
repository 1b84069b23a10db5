/** A request that does what a command does. */
export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** It begins a task (behaviour of Proxmox VE 8.4 and 9.2). */
  readonly isTask: boolean;
}

/** Why a command stays a command. */
export interface NoRequest {
  readonly because: string;
}

/** What a translation comes to. */
export type Translation = RestRequest | NoRequest;

/** Whether there is a request. */
export function isRequest(it: Translation): it is RestRequest {
  return 'method' in it;
}

/** A volume ID or name as a part of a path; placeholders are encoded when they are filled in. */
export function inPath(text: string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((part) => (part.startsWith('{{') ? part : encodeURIComponent(part)))
    .join('');
}

/** A request as an http block has it. */
export function requestLines({ method, path, parameters }: RestRequest): readonly string[] {
  return [`${method} ${path}`, ...parameters.map(([name, value]) => `${name}=${value}`)];
}
