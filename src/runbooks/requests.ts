import type { Call } from './ast';

const requestLine = /^(GET|POST|PUT|DELETE)\s+(\/\S*|https:\/\/\S+)$/;
/** Requests that take something away though they are no DELETE (schema of Proxmox VE 8.4 and 9.2). */
const destroyingPath = /\/(rollback|unlink|wipedisk|prunebackups)$/;

/** The method and path of an http block; undefined where its first line is none. */
export function requestOf({ head }: Call): { readonly method: string; readonly path: string } | undefined {
  const [, method, path] = requestLine.exec(head.text) ?? [];
  return method === undefined || path === undefined ? undefined : { method, path };
}

/** Whether a request takes something away. */
export function destroys({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return method === 'DELETE' || (method !== 'GET' && destroyingPath.test(path));
}
