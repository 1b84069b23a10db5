import { count } from '../../../domain/rendering/text';
import { missing, type Finding } from '../../findings';
import { at, listAt } from '../../lookup';
import type { ProfileDraft, RoleDraft } from '../draft';
import type { RuleContext } from './context';

/** Each machine that is named is one of its role, and has what a machine needs. */
export function machineRules({ value, roles }: ProfileDraft, { config }: RuleContext): Finding[] {
  const { networkBridge, storage } = config.conventions.defaults;
  const hasStorage = storage !== undefined || at(value, ['storage']) !== undefined;
  return roles.flatMap((role) => [
    ...beyond(role),
    ...(networkBridge === undefined ? withoutBridge(role) : []),
    ...(hasStorage ? [] : withoutStorage(role)),
  ]);
}

function beyond({ count: last, machines }: RoleDraft): Finding[] {
  if (last === undefined) return [];
  return machines
    .filter(({ ordinal }) => Number(ordinal) > last)
    .map(({ path }) => ({
      path,
      place: 'key',
      message: `is beyond the ${count(last, 'machine')} of the role`,
      expected: `a number from 1 to ${last}`,
    }));
}

function withoutBridge({ path, value }: RoleDraft): Finding[] {
  const cards = [...path, 'network_cards'];
  const expected = 'a bridge, since cluster-config.yaml has no defaults.network_bridge';
  if (at(value, ['network_cards']) === undefined) return [{ path: cards, message: missing, expected }];
  return listAt(value, ['network_cards']).flatMap((card, index) =>
    at(card, ['bridge']) === undefined
      ? [{ path: [...cards, index, 'bridge'], message: missing, expected }]
      : [],
  );
}

function withoutStorage({ path, value }: RoleDraft): Finding[] {
  return listAt(value, ['more_disks']).flatMap((disk, index) =>
    at(disk, ['storage']) === undefined
      ? [
          {
            path: [...path, 'more_disks', index, 'storage'],
            message: missing,
            expected: 'a storage, since neither the profile nor cluster-config.yaml (defaults) names one',
          },
        ]
      : [],
  );
}
