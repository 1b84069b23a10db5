import type { Finding } from '../../findings';
import { draftOf } from '../draft';
import { addressingRules } from './addressing';
import { cloudinitRules } from './cloudinit';
import type { ProfileRule, RuleContext } from './context';
import { machineRules } from './machines';
import { nameRules } from './names';
import { patchRules } from './patches';
import { placementRules } from './placement';
import { referenceRules } from './references';
import { talosRules } from './talos';
import { typeRules } from './types';

const rules: readonly ProfileRule[] = [
  nameRules,
  typeRules,
  talosRules,
  addressingRules,
  placementRules,
  machineRules,
  cloudinitRules,
  referenceRules,
  patchRules,
];

/** What no schema can say of a profile as it is written; reads the files that it names. */
export function profileFindings(value: unknown, context: RuleContext): Finding[] {
  const draft = draftOf(value);
  return rules.flatMap((rule) => rule(draft, context));
}
