import type { Finding } from '../../findings';
import { at } from '../../lookup';
import type { ProfileDraft } from '../draft';
import { staticRules } from './staticAddresses';

const staticKeys = ['subnet', 'gateway', 'range'];

/** Static addresses are in their network and go round; with DHCP nothing is said of addresses. */
export function addressingRules(draft: ProfileDraft): Finding[] {
  const section = at(draft.value, ['addressing']);
  const kind = section === undefined ? 'dhcp' : at(section, ['kind']);
  if (kind === 'static') return staticRules(draft);
  return kind === 'dhcp' ? dhcpRules(draft, section) : [];
}

function dhcpRules({ roles }: ProfileDraft, section: unknown): Finding[] {
  const ofSection = staticKeys.filter((key) => at(section, [key]) !== undefined);
  const machines = roles.flatMap((role) => role.machines);
  return [
    ...ofSection.map((key): Finding => ({
      path: ['addressing', key],
      place: 'key',
      message: 'is given beside kind: dhcp',
      expected: `kind: static, or no ${key}`,
    })),
    ...machines
      .filter((machine) => at(machine.value, ['address']) !== undefined)
      .map(({ path }): Finding => ({
        path: [...path, 'address'],
        place: 'key',
        message: 'is given, but machines get their addresses by DHCP',
        expected: 'addressing.kind: static, or no address',
      })),
  ];
}
