import { dirname } from 'node:path';
import { mayBeSecret, type Finding } from '../../findings';
import { listAt } from '../../lookup';
import { readText } from '../../readText';
import { absolutePath } from '../../resolve';
import type { ProfileDraft } from '../draft';
import { yamlFault } from '../yamlFault';
import type { RuleContext } from './context';

/** Files with patches are there, and are YAML. Nothing of what is in them is shown. */
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
          message: `names ${mayBeSecret(patch) ? 'a file' : patch}, which ${fault}`,
          expected: 'a YAML file with a patch of the machine configuration, relative to this file',
        },
      ];
    }),
  );
}

function faultOf(path: string): string | undefined {
  const read = readText(path, '');
  return 'message' in read ? read.message : yamlFault(read.text);
}
