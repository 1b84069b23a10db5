import { missing, type Finding } from '../../findings';
import { at, entriesAt } from '../../lookup';
import type { ProfileDraft, RoleDraft } from '../draft';

/** What a Talos cluster needs: its section, and an odd number of control planes in one role. */
export function talosRules(draft: ProfileDraft): Finding[] {
  return draft.type === 'talos' ? [...sectionRules(draft.value), ...kindRules(draft.roles)] : [];
}

function sectionRules(value: unknown): Finding[] {
  const section = at(value, ['talos']);
  const expected = 'version, kubernetes_version, and one of endpoint, virtual_address';
  if (section === undefined) return [{ path: ['talos'], message: missing, expected }];
  const keys = entriesAt(section, []).map(([key]) => key);
  return [
    ...apart(keys, 'endpoint', 'virtual_address'),
    ...apart(keys, 'installer_image', 'schematic'),
    ...noEndpoint(keys),
  ];
}

function apart(keys: readonly string[], one: string, other: string): Finding[] {
  if (!keys.includes(one) || !keys.includes(other)) return [];
  return [
    {
      path: ['talos', other],
      place: 'key',
      message: `is given beside ${one}`,
      expected: `only one of ${one}, ${other}`,
    },
  ];
}

function noEndpoint(keys: readonly string[]): Finding[] {
  const others = ['version', 'kubernetes_version', 'installer_image', 'schematic', 'patches'];
  // An unknown key is a problem of its own, and most likely the mistyped one.
  if (keys.length === 0 || keys.some((key) => !others.includes(key))) return [];
  return [
    {
      path: ['talos'],
      place: 'key',
      message: 'does not say where the Kubernetes API is reached',
      expected: 'exactly one of endpoint, virtual_address',
    },
  ];
}

const oddNumbers = [1, 3, 5];

function kindRules(roles: readonly RoleDraft[]): Finding[] {
  const without = roles.filter((role) => at(role.value, ['kind']) === undefined);
  const controlPlanes = roles.filter(({ kind }) => kind === 'control-plane');
  const [first, ...others] = controlPlanes;
  const allKnown =
    roles.length > 0 && roles.every(({ kind }) => kind === 'control-plane' || kind === 'worker');
  return [
    ...without.map(({ path }) => ({
      path: [...path, 'kind'],
      message: missing,
      expected: 'control-plane or worker: what its machines are in Kubernetes',
    })),
    ...(first === undefined && allKnown ? [noControlPlane] : []),
    ...others.map(({ path }) => ({
      path: [...path, 'kind'],
      message: `is "control-plane", as that of roles.${first?.name ?? ''} is`,
      expected: 'one role of control planes, the others workers',
    })),
    ...controlPlanes
      .filter(({ count }) => count !== undefined && !oddNumbers.includes(count))
      .map(({ path, count }) => ({
        path: [...path, 'count'],
        message: `is ${String(count)} control planes`,
        expected: '1, 3 or 5: etcd needs an odd number for its majority',
      })),
  ];
}

const noControlPlane: Finding = {
  path: ['roles'],
  place: 'key',
  message: 'has no role of the kind control-plane',
  expected: 'exactly one',
};
