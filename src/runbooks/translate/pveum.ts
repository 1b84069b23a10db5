import { inPath, type Translation } from './request';
import type { CommandArguments } from './words';

/** What is administered, with the name of its key. */
const kinds: Readonly<Record<string, readonly [path: string, key: string]>> = {
  user: ['users', 'userid'],
  role: ['roles', 'roleid'],
  group: ['groups', 'groupid'],
};

/** The request for a `pveum` command. */
export function pveumRequest({ positional, options }: CommandArguments): Translation {
  const [kind = '', verb = '', name] = positional;
  if (kind === 'acl') return aclRequest(verb, name, options);
  if (kind === 'passwd' || verb === 'token')
    return { because: 'it is about a secret, which no request of a runbook may carry' };
  const [path, key] = (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? [];
  if (path === undefined || key === undefined) return { because: `pveum ${kind} is not known here` };
  if (options.some(([option]) => option === 'password')) return { because: 'it carries a password' };
  const all = `/access/${path}`;
  if (verb === 'list') return { method: 'GET', path: all, parameters: [], isTask: false };
  if (name === undefined) return { because: `pveum ${kind} ${verb} lacks a name` };
  switch (verb) {
    case 'add':
      return { method: 'POST', path: all, parameters: [[key, name], ...options], isTask: false };
    case 'modify':
      return { method: 'PUT', path: `${all}/${inPath(name)}`, parameters: options, isTask: false };
    case 'delete':
      return { method: 'DELETE', path: `${all}/${inPath(name)}`, parameters: [], isTask: false };
    default:
      return { because: `pveum ${kind} ${verb} is not known here` };
  }
}

/** The command line has some options under names of its own. */
const aclNames: Readonly<Record<string, string>> = {
  group: 'groups',
  role: 'roles',
  token: 'tokens',
  user: 'users',
};

function aclRequest(
  verb: string,
  path: string | undefined,
  options: CommandArguments['options'],
): Translation {
  if (verb === 'list') return { method: 'GET', path: '/access/acl', parameters: [], isTask: false };
  if (path === undefined || (verb !== 'modify' && verb !== 'delete'))
    return { because: `pveum acl ${verb} is not known here` };
  const renamed = options.map(([name, value]) => [aclNames[name] ?? name, value] as const);
  const removing = verb === 'delete' ? ([['delete', '1']] as const) : [];
  return {
    method: 'PUT',
    path: '/access/acl',
    parameters: [['path', path], ...renamed, ...removing],
    isTask: false,
  };
}
