import type { Finding } from '../../findings';
import { at, textAt } from '../../lookup';
import { nearestWord } from '../../nearest';
import { present } from '../../present';
import type { ProfileDraft } from '../draft';
import type { RuleContext } from './context';

/** What the profile takes from cluster-config.yaml by name is there. */
export function referenceRules({ value }: ProfileDraft, context: RuleContext): Finding[] {
  return [...keySecret(value, context), ...playbooks(value, context)];
}

function keySecret(value: unknown, { config }: RuleContext): Finding[] {
  const path = ['flux', 'key_secret'];
  const [name, known] = [textAt(value, path), Object.keys(config.secrets)];
  if (name === undefined || known.includes(name)) return [];
  const message = 'is no secret of cluster-config.yaml';
  const expected =
    known.length === 0
      ? 'a name under secrets there, with the place of the private key (there is none yet)'
      : `a name under secrets there: ${known.join(', ')}`;
  return [{ path, message, expected, ...present({ nearest: nearestWord(name, known) }) }];
}

function playbooks(value: unknown, { config }: RuleContext): Finding[] {
  const { fleetInfraPath, inventory } = config.conventions.ansible;
  const isComplete = fleetInfraPath !== undefined && inventory !== undefined;
  if (isComplete || at(value, ['playbooks']) === undefined) return [];
  return [
    {
      path: ['playbooks'],
      place: 'key',
      message: 'is given, but cluster-config.yaml does not say where playbooks and inventory are',
      expected: 'ansible.fleet_infra_path and ansible.inventory there, or no playbooks',
    },
  ];
}
