import type { AclEntry } from '../../domain/access';
import type { AccessFacts } from './facts';
import type { AccessOutline } from './outline';
import { entryInWords, sameEntry, step } from './words';

/** An entry of the user or of a token. */
export function outlineEntry(facts: AccessFacts, entry: AclEntry): Partial<AccessOutline> {
  const what = `entry ${entryInWords(entry)}`;
  const present = facts.acl.find((it) => sameEntry(it, entry));
  if (present?.propagate === entry.propagate) return { items: [{ what, state: 'keep', details: [] }] };
  const steps = [step({ kind: 'setAcl', entry })];
  if (present === undefined) return { items: [{ what, state: 'create', details: [] }], steps };
  return { items: [{ what, state: 'change', details: ['let it hold below the path too'] }], steps };
}
