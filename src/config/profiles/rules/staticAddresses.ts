import { count } from '../../../domain/rendering/text';
import { missing, pathText, type Finding } from '../../findings';
import { at, textAt } from '../../lookup';
import type { ConfigPath } from '../../yamlDocument';
import type { ProfileDraft } from '../draft';
import { addressNumber, addressText, readNetwork, readRange, type Network } from '../ipv4';

const [subnetPath, gatewayPath, rangePath] = [
  ['addressing', 'subnet'],
  ['addressing', 'gateway'],
  ['addressing', 'range'],
];
const virtualPath = ['talos', 'virtual_address'];

/** An address that the profile gives to something. */
interface Claim {
  readonly path: ConfigPath;
  readonly number: number;
}

/** What static addresses must satisfy together. */
export function staticRules(draft: ProfileDraft): Finding[] {
  const { value } = draft;
  if (at(value, subnetPath) === undefined) {
    return [{ path: subnetPath, message: missing, expected: 'the network, such as 10.0.40.0/24' }];
  }
  const written = textAt(value, subnetPath) ?? '';
  const network = readNetwork(written);
  if (network === undefined) return [];
  const text = `${addressText(network.first)}/${network.prefixLength}`;
  const machines = draft.roles
    .flatMap((role) => role.machines)
    .flatMap(({ path }) => claimAt(value, [...path, 'address']));
  const others = [...claimAt(value, gatewayPath), ...claimAt(value, virtualPath)];
  return [
    ...(text === written ? [] : [hostBits(text)]),
    ...claimRules([...others, ...machines], network),
    ...rangeRules(value, network, others),
    ...enough(draft, machines),
  ];
}

function claimAt(value: unknown, path: ConfigPath): Claim[] {
  const number = addressNumber(textAt(value, path) ?? '');
  return number === undefined ? [] : [{ path, number }];
}

function hostBits(text: string): Finding {
  return {
    path: subnetPath,
    message: 'is an address in the network, not the network',
    expected: text,
    nearest: text,
  };
}

/** Addresses of machines, gateway and control planes together are hosts of the network, each of its own. */
function claimRules(claims: readonly Claim[], network: Network): Finding[] {
  return claims.flatMap(({ path, number }, index) => {
    const earlier = claims.slice(0, index).find((it) => it.number === number);
    const reason = whyNoHost(number, network) ?? (earlier && `is that of ${pathText(earlier.path)} too`);
    if (reason === undefined) return [];
    return [{ path, message: reason, expected: `an address of ${hostsOf(network)} that nothing else has` }];
  });
}

function whyNoHost(number: number, { first, last, prefixLength }: Network): string | undefined {
  if (number < first || number > last) return `is outside ${addressText(first)}/${prefixLength}`;
  if (number === first) return 'is the address of the network itself';
  return number === last ? 'is the broadcast address of the network' : undefined;
}

function hostsOf({ first, last }: Network): string {
  return `${addressText(first + 1)}-${addressText(last - 1)}`;
}

function rangeRules(value: unknown, network: Network, others: readonly Claim[]): Finding[] {
  const range = readRange(textAt(value, rangePath) ?? '');
  if (range === undefined) return [];
  const { first, last } = range;
  const [begins, ends] = [whyNoHost(first, network), whyNoHost(last, network)];
  const expected = `a range inside ${hostsOf(network)}`;
  const inside = others.filter(({ number }) => number >= first && number <= last);
  return [
    ...(begins === undefined ? [] : [{ path: rangePath, message: `its first address ${begins}`, expected }]),
    ...(ends === undefined ? [] : [{ path: rangePath, message: `its last address ${ends}`, expected }]),
    ...inside.map(({ path, number }) => ({
      path: rangePath,
      message: `has ${pathText(path)} in it`,
      expected: `a range without ${addressText(number)}`,
    })),
  ];
}

/** Every machine without an address of its own finds one in the range. */
function enough({ value, roles }: ProfileDraft, own: readonly Claim[]): Finding[] {
  const machines = roles.reduce((sum, role) => sum + (role.count ?? 0), 0);
  const needed = Math.max(machines - own.length, 0);
  if (at(value, rangePath) === undefined && needed > 0) {
    const expected = `a range first-last for ${count(needed, 'machine')} without an address of their own`;
    return [{ path: rangePath, message: missing, expected }];
  }
  const range = readRange(textAt(value, rangePath) ?? '');
  if (range === undefined) return [];
  const given = own.filter(({ number }) => number >= range.first && number <= range.last);
  const free = range.last - range.first + 1 - given.length;
  if (free >= needed) return [];
  return [
    {
      path: rangePath,
      message: `has room for ${count(free, 'machine')}, and ${needed} need an address of it`,
      expected: 'a longer range, or fewer machines',
    },
  ];
}
