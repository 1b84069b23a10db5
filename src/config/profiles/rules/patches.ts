import { dirname } from 'node:path';
import { mayBeSecret, type Finding } from '../../findings';
import { listAt } from '../../lookup';
import { readText } from '../../readText';
import { absolutePath } from '../../resolve';
import type { ProfileDraft } from '../draft';
import { setsHostname } from '../patchHostname';
import { yamlFault } from '../yamlFault';
import type { RuleContext } from './context';

/**
 * Files with patches are there, are YAML and set no host name: a machine is a member of etcd and a node of Kubernetes by its
 * own name. Nothing of what is in them is shown.
 */
export function patchRules({ value, type, roles }: ProfileDraft, { file }: RuleContext): Finding[] {
  // To other types they are nothing anyway (types.ts).
  if (type !== 'talos') return [];
  const lists = [
    ['talos', 'patches'],
    ...roles.flatMap((role) => [
      [...role.path, 'patches'],
      ...role.machines.map(({ path }) => [...path, 'patches']),
    ]),
  ];
  return lists.flatMap((path) =>
    listAt(value, path).flatMap((named, index): Finding[] => {
      if (typeof named !== 'string' || named === '') return [];
      const patch = absolutePath(named, dirname(file));
      const fault = faultOf(patch);
      if (fault === undefined) return [];
      return [
        {
          path: [...path, index],
          message: `names ${mayBeSecret(patch) ? 'a file' : patch}, which ${fault.message}`,
          expected: fault.expected,
        },
      ];
    }),
  );
}

const readable = 'a YAML file with a patch of the machine configuration, relative to this file';
const nameless = 'patches without one: the host name of a machine is its name';

function faultOf(path: string): Pick<Finding, 'message' | 'expected'> | undefined {
  const read = readText(path, '');
  if ('message' in read) return { message: read.message, expected: readable };
  const fault = yamlFault(read.text);
  if (fault !== undefined) return { message: fault, expected: readable };
  return setsHostname(read.text) ? { message: 'sets a host name', expected: nameless } : undefined;
}
