import { basename } from 'node:path';
import type { Finding } from '../../findings';
import type { ProfileDraft } from '../draft';
import type { RuleContext } from './context';

/** A DNS label: what a host name may be. */
const longestName = 63;

/** The profile is called as its file, and its machines' names are host names. */
export function nameRules({ name, roles }: ProfileDraft, { file }: RuleContext): Finding[] {
  if (name === undefined) return [];
  const fileName = basename(file).replace(/\.yaml$/, '');
  const renamed: Finding = {
    path: ['name'],
    message: 'is not what the file is called',
    expected: `${fileName}, or the file called ${name}.yaml`,
  };
  const tooLong = roles.flatMap(({ name: role, path, count = 1 }): Finding[] => {
    const longest = `${name}-${role}-${count}`;
    if (longest.length <= longestName) return [];
    return [
      {
        path,
        place: 'key',
        message: `makes names of ${longest.length} characters, such as ${longest}`,
        expected: `at most ${longestName}: a shorter name of the profile or of the role`,
      },
    ];
  });
  return [...(name === fileName ? [] : [renamed]), ...tooLong];
}
