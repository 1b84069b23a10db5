import { inPath, type Translation } from './request';
import type { CommandArguments } from './words';

/** The request for a `pvesm` command on a node. */
export function pvesmRequest({ positional, options }: CommandArguments, node: string): Translation {
  const [name = '', one, two, three, four] = positional;
  const storages = `/nodes/${node}/storage`;
  const missing = { because: `pvesm ${name} lacks a word` };
  switch (name) {
    case 'status':
      return { method: 'GET', path: storages, parameters: options, isTask: false };
    case 'list':
      return one === undefined
        ? missing
        : { method: 'GET', path: `${storages}/${inPath(one)}/content`, parameters: options, isTask: false };
    case 'alloc': {
      if (one === undefined || two === undefined || three === undefined || four === undefined) return missing;
      const own = [
        ['vmid', two],
        ['filename', three],
        ['size', four],
      ] as const;
      return {
        method: 'POST',
        path: `${storages}/${inPath(one)}/content`,
        parameters: [...own, ...options],
        isTask: false,
      };
    }
    case 'free': {
      const [storage, volume] = one?.split(':') ?? [];
      if (one === undefined || storage === undefined || volume === undefined)
        return { because: 'the volume names no storage' };
      const path = `${storages}/${inPath(storage)}/content/${inPath(one)}`;
      return { method: 'DELETE', path, parameters: options, isTask: true };
    }
    case 'add':
      return one === undefined || two === undefined
        ? missing
        : {
            method: 'POST',
            path: '/storage',
            parameters: [['type', one], ['storage', two], ...options],
            isTask: false,
          };
    case 'set':
      return one === undefined
        ? missing
        : { method: 'PUT', path: `/storage/${inPath(one)}`, parameters: options, isTask: false };
    case 'remove':
      return one === undefined
        ? missing
        : { method: 'DELETE', path: `/storage/${inPath(one)}`, parameters: [], isTask: false };
    default:
      return { because: `pvesm ${name} works on the node only` };
  }
}
