import type { ClusterPhase, ClusterPlan, PlannedMachine, PlannedRemoval } from '../../domain/cluster/plan';
import { storagePlace } from '../../domain/buildLease';
import {
  addressWords,
  cloneWords,
  clusterCounts,
  clusterTerms,
  clusterTitle,
  phaseWords,
  shortUuid,
} from '../../domain/rendering/clusterFacts';
import { shownHash } from '../../domain/rendering/commands';
import { formatBytes, formatDuration } from '../../domain/rendering/sizes';
import { printable } from '../../domain/rendering/text';
import type { Output } from '../output';
import { table } from './table';

/** The plan of a change of a cluster in full: every machine that is made, goes, comes back, or is left alone. */
export function clusterPlanView(output: Output, plan: ClusterPlan): string {
  const { bold, yellow } = output.colors;
  const parts = [
    bold(
      `Plan ${shownHash(plan.hash)}: ${printable(clusterTitle(plan))} (Proxmox cluster ${printable(plan.cluster)})`,
    ),
    ...plan.phases.map((phase) => phasePart(output, phase)),
    ...leftAlonePart(output, plan),
    ...keepsPart(plan),
    ...roomPart(output, plan),
    ...plan.warnings.map((warning) => yellow(`Warning: ${printable(warning)}`)),
    [clusterCounts(plan), ...clusterTerms(plan)].map(printable).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function phasePart(output: Output, phase: ClusterPhase): string {
  const { bold, yellow } = output.colors;
  const title = phase.kind === 'delete' ? yellow(bold(phaseWords.delete)) : bold(phaseWords[phase.kind]);
  return `${title}\n${phaseTable(output, phase)}`;
}

function phaseTable(output: Output, phase: ClusterPhase): string {
  switch (phase.kind) {
    case 'make':
      return machines(output, phase.machines);
    case 'adopt':
      return table(
        output,
        [
          { title: 'machine' },
          { title: 'role' },
          { title: 'VMID', align: 'right' },
          { title: 'node' },
          { title: 'called' },
          { title: 'uuid' },
        ],
        phase.adoptions.map((it) => [
          it.name,
          it.role,
          String(it.vmid),
          it.node,
          it.nameNow,
          shortUuid({ uuid: it.uuid }),
        ]),
      );
    case 'setAside':
      return removals(output, phase.removals, { title: 'called then', gives: true }, (it) => it.asideName);
    case 'delete':
      return removals(output, phase.removals, { title: 'volumes', gives: true }, (it) =>
        it.volumes.join(', '),
      );
    case 'revive':
      return removals(
        output,
        phase.removals,
        { title: 'called then', gives: true },
        ({ nameThen, member }) => nameThen ?? member.name,
      );
  }
}

function machines(output: Output, planned: readonly PlannedMachine[]): string {
  const hasMoreDisks = planned.some(({ moreDisks }) => moreDisks.length > 0);
  return table(
    output,
    [
      { title: 'machine' },
      { title: 'role' },
      { title: 'node' },
      { title: 'VMID', align: 'right' },
      { title: 'cores', align: 'right' },
      { title: 'memory', align: 'right' },
      { title: 'disk', align: 'right' },
      ...(hasMoreDisks ? [{ title: 'further disks' }] : []),
      { title: 'address' },
      { title: 'how', gives: true },
      { title: 'about', align: 'right' },
    ],
    planned.map((it) => [
      ...[it.name, it.role, it.node, String(it.vmid), String(it.cores), formatBytes(it.memoryBytes)],
      it.grow === undefined ? 'as it is' : formatBytes(it.grow.toBytes),
      ...(hasMoreDisks ? [it.moreDisks.map(({ sizeBytes }) => formatBytes(sizeBytes)).join(', ')] : []),
      ...[addressWords(it), `${cloneWords(it)}: ${it.because}`, formatDuration(it.estimatedSeconds)],
    ]),
  );
}

function removals(
  output: Output,
  planned: readonly PlannedRemoval[],
  last: { readonly title: string; readonly gives: true },
  lastOf: (removal: PlannedRemoval) => string,
): string {
  return table(
    output,
    [
      { title: 'machine' },
      { title: 'VMID', align: 'right' },
      { title: 'node' },
      { title: 'uuid' },
      { title: 'runs' },
      last,
    ],
    planned.map((it) => {
      const { name, vmid, node } = it.member;
      return [name, String(vmid), node, shortUuid(it.member), it.running ? 'yes' : 'no', lastOf(it)];
    }),
  );
}

function leftAlonePart({ colors }: Output, { leftAlone }: ClusterPlan): readonly string[] {
  if (leftAlone.length === 0) return [];
  const lines = leftAlone.map(({ vmid, node, name, because }) =>
    printable(`VM ${String(vmid)} ${name} on ${node}: ${because}`),
  );
  return [[colors.bold('Left alone'), ...lines.map((line) => `  ${line}`)].join('\n')];
}

function keepsPart({ keeps }: ClusterPlan): readonly string[] {
  if (keeps.length === 0) return [];
  return [`Stay as they are: ${keeps.map(({ name }) => printable(name)).join(', ')}.`];
}

function roomPart({ colors }: Output, { storageReservations }: ClusterPlan): readonly string[] {
  const byPlace = new Map<string, number>();
  for (const it of storageReservations) {
    const place = storagePlace(it);
    byPlace.set(place, (byPlace.get(place) ?? 0) + it.bytes);
  }
  if (byPlace.size === 0) return [];
  const rooms = [...byPlace].map(([place, bytes]) => `${formatBytes(bytes)} on ${place}`);
  return [colors.dim(`Room that is kept free meanwhile: ${rooms.join(', ')}.`)];
}
