import { inPath, type Translation } from './request';
import type { CommandArguments } from './words';

const methods = { create: 'POST', delete: 'DELETE', get: 'GET', set: 'PUT' } as const;
/** How the answer is printed: not a part of the request. */
const printing: ReadonlySet<string> = new Set([
  'human-readable',
  'noborder',
  'noheader',
  'noproxy',
  'output-format',
  'quiet',
]);
/** Endings of paths whose changes begin tasks (behaviour of Proxmox VE 8.4 and 9.2). */
const taskPath =
  /^\/nodes\/[^/]+\/((qemu|lxc)(\/[^/]+(\/(status\/\w+|config|clone|template|migrate|move_disk|resize|snapshot|snapshot\/[^/]+(\/rollback)?))?)?|storage\/[^/]+\/(download-url|upload|prunebackups|content\/.+)|vzdump|(start|stop|suspend|migrate)all)$/;

/** The request that `pvesh` makes itself. */
export function pveshRequest({ positional, options }: CommandArguments): Translation {
  const [verb = '', written = ''] = positional;
  if (!isVerb(verb)) return { because: `pvesh ${verb} is no request` };
  const path = `/${written.replace(/^\/+/, '').split('/').map(inPath).join('/')}`;
  const method = methods[verb];
  const parameters = options.filter(([name]) => !printing.has(name));
  return { method, path, parameters, isTask: beginsTask(method, path) };
}

/** Whether a request begins a task. */
export function beginsTask(method: string, path: string): boolean {
  if (method === 'GET' || !taskPath.test(path)) return false;
  const isSynchronous = method === 'PUT' && path.endsWith('/config');
  return !isSynchronous;
}

function isVerb(verb: string): verb is keyof typeof methods {
  return Object.hasOwn(methods, verb);
}
