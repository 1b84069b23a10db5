import type { Checkup } from '../../domain/checkup';
import { checkUp } from '../doctor/checkup';
import type { ReadingDependencies } from './deps';

/** A checkup where this process can make one. Throws only when interrupted. */
export function readCheckup({ checkup, now, signal, nodePatienceMs }: ReadingDependencies): Promise<Checkup> {
  if (checkup === undefined) throw new Error('a checkup needs the configuration and SSH');
  return checkUp({
    ...checkup,
    now,
    ...(signal === undefined ? {} : { signal }),
    ...(nodePatienceMs === undefined ? {} : { nodePatienceMs }),
  });
}
