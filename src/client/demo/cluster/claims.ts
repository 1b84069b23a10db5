import type { ClusterMember, ClusterRecord } from '../../../domain/cluster/member';
import type { PlannedMachine, PlannedRemoval } from '../../../domain/cluster/plan';
import type { LedgerView } from '../../../domain/lease';
import { count } from '../../../domain/rendering/text';
import { begun } from '../narration';
import type { DemoTask } from '../truth';
import type { PlayedAct } from './act';
import { controlPlaneRole } from './profile';
import type { DemoStranger } from './stranger';
import type { ClusterMachine, DemoVolume, StandInTruth } from './truth';

/** Something that must be so at the end, and what was seen. */
export interface DemoClaim {
  readonly what: string;
  readonly seen: string;
  readonly holds: boolean;
}

/** Everything that the claims are judged by. */
export interface ClusterEvidence {
  readonly acts: readonly PlayedAct[];
  readonly record: ClusterRecord;
  readonly stranger: DemoStranger | undefined;
  /** What the simulator knows. */
  readonly machines: readonly ClusterMachine[];
  /** All volumes that are disks. */
  readonly disks: readonly DemoVolume[];
  readonly tasks: readonly DemoTask[];
  /** Tasks for the stranger's VMID since it is there. */
  readonly strangerTouched: number;
  readonly standIns: StandInTruth;
  /** What is leased; absent: no worker answered. */
  readonly ledger: LedgerView | undefined;
}

/** What must be so, whatever died on the way. */
export function claimsOf(evidence: ClusterEvidence): readonly DemoClaim[] {
  return [
    ...ofProxmox(evidence),
    ofDisks(evidence),
    ofLedger(evidence),
    ofStranger(evidence),
    ...ofTalos(evidence),
  ];
}

/** Whether a machine is a member, by all that a member is known by. */
export function isMemberOf({ members }: ClusterRecord, machine: ClusterMachine): boolean {
  return members.some((member) => isSame(member, machine));
}

function ofProxmox({ acts, record, stranger, machines, tasks }: ClusterEvidence): readonly DemoClaim[] {
  const made = acts.flatMap(madeBy);
  const deleted = acts.flatMap(deletedBy);
  const clones = tasks.filter(({ type }) => type === 'qmclone').length;
  const deletions = tasks.filter(({ type }) => type === 'qmdestroy').length;
  const running = machines.filter((it) => isMemberOf(record, it) && it.status === 'running');
  const nobodys = machines.filter(
    (it) => !it.isTemplate && !isMemberOf(record, it) && it.vmid !== stranger?.machine.vmid,
  );
  const twice = acts.filter(({ lost }) => lost?.times !== 1);
  return [
    {
      what: 'members that run',
      seen: `${running.length} of ${record.members.length}`,
      holds: running.length === record.members.length && running.length > 0,
    },
    {
      what: 'machines of nobody',
      seen: nobodys.length === 0 ? 'none' : nobodys.map(({ vmid, name }) => `VM ${vmid} ${name}`).join(', '),
      holds: nobodys.length === 0,
    },
    {
      what: 'clones begun',
      seen: `${clones}, for ${count(made.length, 'machine')} that had to be made`,
      holds: clones === made.length && clones > 0,
    },
    {
      what: 'deletions begun',
      seen: `${deletions}, for ${count(deleted.length, 'machine')} that had to go`,
      holds: deletions === deleted.length && deletions > 0,
    },
    {
      what: 'requests whose answer was lost',
      seen:
        twice.length === 0
          ? `${acts.length}, each came once`
          : `not once: ${twice.map(({ command }) => command).join(', ')}`,
      holds: twice.length === 0,
    },
  ];
}

/** Every disk is one that the configuration of a machine on its node names. */
function ofDisks({ machines, disks }: ClusterEvidence): DemoClaim {
  const nobodys = disks.filter(
    ({ volid, node }) =>
      !machines.some((it) => it.volumes.includes(volid) && (node === undefined || node === it.node)),
  );
  return {
    what: 'volumes of nobody',
    seen: nobodys.length === 0 ? `none of ${disks.length}` : nobodys.map(({ volid }) => volid).join(', '),
    holds: nobodys.length === 0 && disks.length > 0,
  };
}

/** VMIDs of deleted machines stay in quarantine: that is nobody's lease. */
function ofLedger({ ledger }: ClusterEvidence): DemoClaim {
  const what = 'leases left';
  if (ledger === undefined) return { what, seen: 'the ledger did not answer', holds: false };
  const { nodes, memory, vmids, storage, cloneSlots, addresses } = ledger;
  const left = [...nodes, ...memory, ...vmids, ...storage, ...cloneSlots, ...addresses];
  const holders = [...new Set(left.map(({ holder }) => holder.workflowId))];
  return {
    what,
    seen: left.length === 0 ? 'none' : `${left.length}, of ${holders.join(', ')}`,
    holds: left.length === 0,
  };
}

function ofStranger({ stranger, machines, strangerTouched }: ClusterEvidence): DemoClaim {
  const what = 'the stranger';
  if (stranger === undefined) return { what, seen: 'was never there', holds: false };
  const { vmid, name, uuid } = stranger.machine;
  const now = machines.find((it) => it.vmid === vmid);
  const lives = now?.uuid === uuid && now.name === name && now.status === 'running';
  const touched =
    strangerTouched === 0 ? 'nothing was done to it' : `${count(strangerTouched, 'task')} for it`;
  return {
    what,
    seen: `VM ${vmid} ${name} ${lives ? 'runs' : 'does not run any more'}, ${touched}`,
    holds: lives && strangerTouched === 0,
  };
}

function ofTalos({ record, standIns }: ClusterEvidence): readonly DemoClaim[] {
  const [cluster, ...others] = standIns.clusters;
  if (cluster === undefined || others.length > 0) {
    return [{ what: 'Talos clusters', seen: String(standIns.clusters.length), holds: false }];
  }
  const { members, talos } = record;
  const chosen = members.find(({ vmid }) => vmid === talos?.bootstrapOn);
  const [first] = cluster.bootstraps;
  const nameOf = (uuid: string | undefined) =>
    members.find((it) => it.uuid === uuid)?.name ?? 'a machine that is no member';
  const controlPlanes = members.filter(({ role }) => role === controlPlaneRole);
  const split = cluster.hasSplitBrain ? ', SPLIT in two' : '';
  return [
    {
      what: 'bootstrap of etcd',
      seen: `${begun(cluster.bootstraps.length)}, on ${nameOf(first)}${split}`,
      holds:
        cluster.bootstraps.length === 1 &&
        !cluster.hasSplitBrain &&
        chosen?.uuid !== undefined &&
        chosen.uuid === first,
    },
    sameMachines('members of etcd', cluster.etcdMembers, controlPlanes),
    sameMachines('nodes of Kubernetes', cluster.nodes, members),
  ];
}

/** Exactly these machines, told by their uuid. */
function sameMachines(
  what: string,
  seen: readonly { readonly uuid: string }[],
  wanted: readonly ClusterMember[],
): DemoClaim {
  const names = seen.map(({ uuid }) => wanted.find((it) => it.uuid === uuid)?.name);
  const known = new Set(names.filter((name) => name !== undefined));
  return {
    what,
    seen: names
      .map((name) => name ?? 'a machine that is gone')
      .toSorted()
      .join(', '),
    holds: known.size === wanted.length && seen.length === wanted.length,
  };
}

function isSame({ vmid, name, uuid }: ClusterMember, machine: ClusterMachine): boolean {
  return vmid === machine.vmid && name === machine.name && uuid === machine.uuid;
}

function madeBy({ plan }: PlayedAct): readonly PlannedMachine[] {
  return plan?.phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : [])) ?? [];
}

function deletedBy({ plan }: PlayedAct): readonly PlannedRemoval[] {
  return plan?.phases.flatMap((phase) => (phase.kind === 'delete' ? phase.removals : [])) ?? [];
}
