import type { ClusterType } from '../../../domain/cluster/profile';
import type { Finding } from '../../findings';
import { at } from '../../lookup';
import type { ConfigPath } from '../../yamlDocument';
import type { ProfileDraft } from '../draft';

const talosOnly: readonly ClusterType[] = ['talos'];

/** Keys that only machines of some types understand. */
const typesOfKeys: readonly { readonly key: string; readonly types: readonly ClusterType[] }[] = [
  { key: 'talos', types: talosOnly },
  { key: 'flux', types: talosOnly },
  { key: 'cloudinit', types: ['cloudinit'] },
  { key: 'dns', types: ['talos', 'cloudinit'] },
];

/** Each type has its own keys; a plain machine reads nothing that it is given. */
export function typeRules({ value, type, roles }: ProfileDraft): Finding[] {
  if (type === undefined) return [];
  const sections = typesOfKeys.filter(({ key, types }) => !types.includes(type) && isGiven(value, [key]));
  const ofTalos = roles.flatMap((role) => [
    [...role.path, 'kind'],
    [...role.path, 'patches'],
    ...role.machines.map(({ path }) => [...path, 'patches']),
  ]);
  return [
    ...sections.map(({ key, types }) => notFor(type, [key], types)),
    ...(type === 'talos' ? [] : ofTalos)
      .filter((path) => isGiven(value, path))
      .map((path) => notFor(type, path, talosOnly)),
    ...(type === 'plain' && at(value, ['addressing', 'kind']) === 'static' ? [unread] : []),
  ];
}

const unread: Finding = {
  path: ['addressing', 'kind'],
  message: 'is "static", which nothing in a machine of the type plain would read',
  expected: 'dhcp, or the type cloudinit or talos',
};

function notFor(type: ClusterType, path: ConfigPath, types: readonly ClusterType[]): Finding {
  const key = String(path.at(-1));
  return {
    path,
    place: 'key',
    message: `is nothing for the type ${type}`,
    expected: `the type ${types.join(' or ')}, or no ${key}`,
    outOfPlace: true,
  };
}

function isGiven(value: unknown, path: ConfigPath): boolean {
  return at(value, path) !== undefined;
}
