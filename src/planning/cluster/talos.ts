import type { ClusterPhase, ClusterPlan, PlannedMachine } from '../../domain/cluster/plan';
import { fluxSource } from '../../domain/cluster/planned';
import type { FluxSettings } from '../../domain/cluster/profile';
import type { ClusterAction } from '../../domain/cluster/request';
import { attemptOf, profileOf, type ChangeContext } from './changes/context';
import { goneControlPlanes, requireEtcd } from './etcd';
import { isThere } from './members';
import { patchesOf } from './patches';
import { refusal } from './refusal';

/** What goes as a whole, or comes back, does so by its machines alone. */
const byMachinesAlone: ReadonlySet<ClusterAction> = new Set(['destroy', 'purge', 'undo', 'adopt']);

/**
 * What makes a Kubernetes cluster of the machines of a plan, and lets those leave it that go, in its field; nothing where no
 * machine of Talos is made or leaves. Throws InputInvalid where they could never become a part of it: nobody knows the
 * secrets of the members, etcd is lost with all of its members, or the machine that it was to be bootstrapped on can't be
 * gone on with.
 */
export function talosOf(context: ChangeContext, phases: readonly ClusterPhase[]): Pick<ClusterPlan, 'talos'> {
  const { action } = context.request;
  if (byMachinesAlone.has(action)) return {};
  const { name, talos, dns, roles } = profileOf(context);
  if (phases.length === 0 && !isAnythingMissingInside(context)) return {};
  const flux = fluxOf(context);
  const controlPlaneRole = roles.find(({ kind }) => kind === 'controlPlane')?.name;
  if (talos === undefined || controlPlaneRole === undefined) return {};
  const machines = phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const anew = action === 'rebuild';
  const gone = anew
    ? []
    : goneControlPlanes(
        context,
        machines.map(({ name: made }) => made),
      );
  if (anew) requireAllGo(context, phases);
  const bootstrapOn = anew ? firstControlPlane(machines)?.vmid : bootstrapOf(context, machines);
  const patchFiles = patchesOf(profileOf(context), talos, machines);
  return {
    talos: {
      cluster: { name, ...talos, ...(dns === undefined ? {} : { dns }) },
      controlPlaneRole,
      ...(bootstrapOn === undefined ? {} : { bootstrapOn }),
      ...(anew ? { anew } : {}),
      ...(gone.length === 0 ? {} : { gone }),
      ...(flux === undefined ? {} : { flux }),
      ...(patchFiles.length === 0 ? {} : { patchFiles }),
    },
  };
}

/** Where no machine is made and none goes only these look further: all else is about machines that were named. */
const looksFurther: ReadonlySet<ClusterAction> = new Set(['create', 'scale']);

/**
 * Whether anything is to be done inside a cluster whose machines are as they should be: Flux lacks, or control planes are
 * gone that etcd may list still.
 */
export function isAnythingMissingInside(context: ChangeContext): boolean {
  const looks = looksFurther.has(context.request.action);
  return isFluxMissing(context) || (looks && goneControlPlanes(context).length > 0);
}

/** Whether Flux is all that a cluster lacks whose machines are there: of one that was adopted nobody knows. */
function isFluxMissing(context: ChangeContext): boolean {
  return context.input.change.record?.talos?.bootstrapped === true && fluxOf(context) !== undefined;
}

/**
 * What Flux is to fill the cluster from; undefined: it has done so, or is not wanted. Only a creation puts it in: all else adds
 * to what it fills, or takes away.
 */
function fluxOf({ input, request }: ChangeContext): FluxSettings | undefined {
  const { flux } = input.profile ?? {};
  if (flux === undefined || request.action === 'rebuild') return flux;
  const { filledFrom } = input.change.record?.talos ?? {};
  return request.action === 'create' && filledFrom !== fluxSource(flux) ? flux : undefined;
}

/** What stayed would be of another cluster than the new ones, under one name. */
function requireAllGo(context: ChangeContext, phases: readonly ClusterPhase[]): void {
  const going = new Set(
    phases.flatMap((phase) => ('removals' in phase ? phase.removals.map(({ member }) => member.vmid) : [])),
  );
  const stays = context.active.filter((it) => isThere(it) && !going.has(it.member.vmid));
  if (stays.length === 0) return;
  throw refusal(
    attemptOf(context),
    `${stays.map(({ member }) => `${member.name} (VM ${member.vmid})`).join(', ')} can't be deleted, and would be left of the cluster of before`,
    'Put right what the warnings of a plan say of it (pxm cluster plan, pxm cluster status), then ask again.',
  );
}

function firstControlPlane(machines: readonly PlannedMachine[]): PlannedMachine | undefined {
  return machines.find(({ kind }) => kind === 'controlPlane');
}

/**
 * The machine that etcd is bootstrapped on: the recorded one, else the first control plane that is made. It is never
 * bootstrapped a second time: what is made joins the one that is there.
 */
function bootstrapOf(context: ChangeContext, machines: readonly PlannedMachine[]): number | undefined {
  const { record } = context.input.change;
  requireKnownSecrets(context);
  if (record?.talos?.bootstrapped === true) {
    requireEtcd(context);
    return undefined;
  }
  const recorded = record?.talos?.bootstrapOn;
  const chosen =
    recorded === undefined
      ? firstControlPlane(machines)
      : machines.find((it) => it.kind === 'controlPlane' && isRecorded(it, recorded));
  if (chosen !== undefined) return chosen.vmid;
  const { profile } = context.request;
  throw refusal(
    attemptOf(context),
    recorded === undefined
      ? 'etcd was never bootstrapped, and none of its control planes is made here'
      : `etcd was to be bootstrapped on VM ${recorded}, nobody knows whether it was, and that machine can't be gone on with`,
    `Finish it first (pxm cluster create ${profile}), or make it anew (pxm cluster rebuild ${profile}).`,
  );
}

/** Another machine may have its VMID by now: the one that was asked to bootstrap is one that was begun before. */
function isRecorded({ vmid, begun }: PlannedMachine, recorded: number): boolean {
  return vmid === recorded && begun?.uuid !== undefined;
}

/** Machines that somebody made a Kubernetes cluster of by hand have secrets of their own. */
function requireKnownSecrets(context: ChangeContext): void {
  const { record } = context.input.change;
  if (record?.talos !== undefined) return;
  const ready = context.active.filter(({ member }) => member.state === 'ready');
  if (ready.length === 0) return;
  throw refusal(
    attemptOf(context),
    `nobody knows the secrets of its Talos cluster: ${ready.map(({ member }) => member.name).join(', ')} were adopted`,
    'Machines can be added to clusters only that were made here.',
  );
}
