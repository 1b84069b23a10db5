import type { ClusterPhase, ClusterPlan, MachineReadiness, PlannedMachine } from '../../domain/cluster/plan';
import type { ClusterType } from '../../domain/cluster/profile';
import { attemptOf, profileOf } from './changes/context';
import type { ChosenMachine } from './chooseWays';
import { hasAgent } from './drives';
import { estimateOf } from './estimate';
import { quorumWarnings } from './etcd';
import type { ClusterLook } from './facts';
import { clusterPlanHash } from './hash';
import { lastSnapshotOf } from './lastSnapshot';
import { plannedMachine } from './machines';
import { planWarnings } from './planWarnings';
import type { ClusterOutlineInput, ClusterPlanInput } from './planInput';
import { prepareCluster, type Prepared, type PreparedPhase } from './prepare';
import { mayOrderStart, privilegeWarnings } from './privileges';
import { refusal } from './refusal';
import { reservationsFor } from './reservations';
import { talosOf } from './talos';
import { termsOf } from './terms';

/** A machine that needs a VMID. */
export interface WantedVmid {
  readonly name: string;
  /** It had this one before, and never was seen there: taken again where it is free, since a late request may come. */
  readonly preferred?: number;
}

/** What a plan needs before it can be made. */
export interface ClusterOutline {
  /** In the plan's order. */
  readonly wanted: readonly WantedVmid[];
}

/**
 * Which machines need VMIDs. Pure. Throws InputInvalid where the change can't be planned at all: so nothing is leased for
 * it.
 */
export function outlineCluster(input: ClusterOutlineInput): ClusterOutline {
  const wishes = chosenOf(prepareCluster(input).phases).map(({ wish }) => wish);
  return {
    wanted: wishes
      .filter(({ begun }) => begun === undefined)
      .map(({ name, preferredVmid }) => ({
        name,
        ...(preferredVmid === undefined ? {} : { preferred: preferredVmid }),
      })),
  };
}

/**
 * Plans a change of a cluster. Pure: the same facts, in whatever order their lists are, give the same plan. Throws
 * InputInvalid for what can't be done, and PermissionMissing where the token may do nothing of it.
 */
export function planCluster(input: ClusterPlanInput): ClusterPlan {
  const prepared = prepareCluster(input);
  const { context, keeps, leftAlone } = prepared;
  const { request, look } = context;
  const { profile, settings } = input;
  const made = machinesOf(prepared, input);
  const phases = prepared.phases.map((phase) => phaseOf(phase, made));
  const makes = made.size > 0;
  const terms = termsOf(input);
  const saved = lastSnapshotOf(context, phases);
  const decided = {
    ...{ operation: 'changeCluster' as const, action: request.action },
    ...{ cluster: input.cluster, profile: request.profile, type: typeOf(input), phases },
    ...(profile === undefined ? {} : { profileSha256: profile.sha256 }),
    ...{ readiness: readinessOf(input), readyWithinMs: settings.readyWithinMs },
    ...(profile?.dns === undefined ? {} : { dns: profile.dns }),
    ...(profile?.cloudinit === undefined ? {} : { cloudinit: profile.cloudinit }),
    ...talosOf(context, phases),
    ...saved.decided,
    ...(input.playbooks === undefined || input.playbooks.length === 0 ? {} : { playbooks: input.playbooks }),
    ...(profile?.pool === undefined ? {} : { pool: profile.pool }),
    protection: profile?.protection ?? true,
    ...terms.decided,
  };
  const chosen = [...made.keys()];
  const warnings = [
    ...prepared.warnings,
    ...planWarnings(context, chosen, profile),
    ...(decided.talos === undefined || decided.talos.anew === true || chosen.length === 0
      ? []
      : quorumWarnings(context)),
    ...(input.playbooks ?? []).flatMap((it) => it.warnings),
    ...privilegeWarnings(decided, look),
    ...saved.warnings,
    ...terms.warnings,
  ];
  return {
    ...decided,
    hash: clusterPlanHash(decided, makes ? profile?.timeToLiveMs : undefined),
    instance: input.change.entity.instance,
    ...{ madeAt: input.now.toISOString(), product: input.product, keeps, leftAlone },
    ...terms.end,
    ...reservationsFor(
      prepared,
      [...made].map(([it, planned]) => ({ chosen: it, planned })),
    ),
    estimate: estimateOf(prepared.phases),
    times: {
      approvalExpiresAfterMs: settings.approvalExpiresAfterMs,
      remindEveryMs: settings.remindEveryMs,
      stallAfterMs: settings.stallAfterMs,
    },
    warnings: [...new Set(warnings)],
  };
}

function machinesOf(prepared: Prepared, input: ClusterPlanInput): ReadonlyMap<ChosenMachine, PlannedMachine> {
  const chosen = chosenOf(prepared.phases);
  if (chosen.length === 0) return new Map();
  const { context, room, addresses } = prepared;
  const { conventions } = input;
  const profile = profileOf(context);
  const vmids = (name: string) => {
    const vmid = input.vmids(name);
    const isTaken = context.look.guests.some((guest) => guest.vmid === vmid);
    if (!isTaken) return vmid;
    throw refusal(attemptOf(context), `VMID ${vmid}, meant for ${name}, was taken`, 'Make a new plan.');
  };
  const taken = takenMacs(context.look);
  const filled = {
    ...{ profile, conventions, room, addresses, vmids, mayOrderStart: mayOrderStart(context.look) },
    ...{ cluster: input.cluster, isTaken: (mac: string) => taken.has(mac) },
  };
  return new Map(chosen.map((it) => [it, plannedMachine(filled, it)]));
}

/** Of machines that were read, and what others have leased. */
function takenMacs({ macs, othersLeases }: ClusterLook): ReadonlySet<string> {
  return new Set([...macs, ...othersLeases.addresses.map(({ address }) => address)]);
}

function phaseOf(phase: PreparedPhase, made: ReadonlyMap<ChosenMachine, PlannedMachine>): ClusterPhase {
  switch (phase.kind) {
    case 'make':
      return { kind: 'make', machines: phase.machines.flatMap((it) => made.get(it) ?? []) };
    case 'adopt':
      return phase;
    default:
      return { kind: phase.kind, removals: phase.removals.map(({ removal }) => removal) };
  }
}

function chosenOf(phases: readonly PreparedPhase[]): readonly ChosenMachine[] {
  return phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
}

/** Without a profile only the record can tell. */
function typeOf({ profile, change }: ClusterOutlineInput): ClusterType {
  return profile?.type ?? (change.record?.talos === undefined ? 'plain' : 'talos');
}

function readinessOf({ profile, facts }: ClusterOutlineInput): MachineReadiness {
  if (profile?.type === 'talos') return 'talosApi';
  return facts.copies.length > 0 && facts.copies.every(({ keys }) => hasAgent(keys)) ? 'agent' : 'running';
}
