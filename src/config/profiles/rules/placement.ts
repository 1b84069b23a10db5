import { count } from '../../../domain/rendering/text';
import type { ClusterConfig } from '../../clusterConfig';
import type { Finding } from '../../findings';
import { at, listAt } from '../../lookup';
import { nearestWord } from '../../nearest';
import { present } from '../../present';
import type { ConfigPath } from '../../yamlDocument';
import type { ProfileDraft, RoleDraft } from '../draft';
import type { RuleContext } from './context';

/** The nodes that are named exist, and there are enough of them. */
export function placementRules({ roles }: ProfileDraft, { config }: RuleContext): Finding[] {
  return roles.flatMap((role) => [
    ...namedNodes(role, config),
    ...pinned(role),
    ...fixedNodes(role, config),
    ...apart(role, config),
  ]);
}

function namedNodes(role: RoleDraft, config: ClusterConfig): Finding[] {
  const path = [...role.path, 'placement', 'nodes'];
  const nodes = listAt(role.value, ['placement', 'nodes']);
  return nodes.flatMap((node, index): Finding[] => {
    if (typeof node !== 'string') return [];
    const unknown = unknownNode(node, [...path, index], config);
    if (unknown.length > 0 || nodes.indexOf(node) === index) return unknown;
    return [{ path: [...path, index], message: 'is named twice', expected: 'each node once' }];
  });
}

function unknownNode(node: string, path: ConfigPath, { cluster }: ClusterConfig): Finding[] {
  const names = cluster.nodes.map(({ name }) => name);
  if (names.includes(node)) return [];
  return [
    {
      path,
      message: 'is no node of cluster-config.yaml',
      expected: `one of ${names.join(', ')}`,
      ...present({ nearest: nearestWord(node, names) }),
    },
  ];
}

function pinned({ path, value }: RoleDraft): Finding[] {
  const placement = at(value, ['placement']);
  if (at(placement, ['strategy']) !== 'pinned' || at(placement, ['nodes']) !== undefined) return [];
  return [
    {
      path: [...path, 'placement', 'strategy'],
      message: 'is "pinned", and no nodes are named',
      expected: 'nodes: [...] beside it, or another strategy',
    },
  ];
}

/** A machine's own node exists, and is one of those of its role. */
function fixedNodes(role: RoleDraft, config: ClusterConfig): Finding[] {
  const allowed = listAt(role.value, ['placement', 'nodes']);
  return role.machines.flatMap(({ path, node }): Finding[] => {
    if (node === undefined) return [];
    const unknown = unknownNode(node, [...path, 'node'], config);
    if (unknown.length > 0 || allowed.length === 0 || allowed.includes(node)) return unknown;
    return [
      {
        path: [...path, 'node'],
        message: `is not among the nodes of roles.${role.name}.placement`,
        expected: `one of ${allowed.map(String).join(', ')}`,
      },
    ];
  });
}

/** With hard anti-affinity no node takes two machines of the role. */
function apart(role: RoleDraft, { cluster }: ClusterConfig): Finding[] {
  if (at(role.value, ['placement', 'anti_affinity']) !== 'hard') return [];
  const named = listAt(role.value, ['placement', 'nodes']);
  const nodes = named.length > 0 ? new Set(named).size : cluster.nodes.length;
  const fixed = role.machines.map(({ node }) => node);
  const together = role.machines.filter(
    ({ node }, index) => node !== undefined && fixed.indexOf(node) < index,
  );
  return [
    ...(role.count === undefined || role.count <= nodes
      ? []
      : [
          {
            path: [...role.path, 'placement', 'anti_affinity'],
            message: `is "hard" for ${role.count} machines on ${count(nodes, 'node')}`,
            expected: `soft, or at most ${count(nodes, 'machine')}`,
          },
        ]),
    ...together.map(({ path }) => ({
      path: [...path, 'node'],
      message: 'is that of another machine of the role, whose anti_affinity is hard',
      expected: 'another node, or anti_affinity: soft',
    })),
  ];
}
