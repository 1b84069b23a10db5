import type { ClusterPhase, ClusterPlan, PlannedMachine } from '../../domain/cluster/plan';
import type { ClusterAction } from '../../domain/cluster/request';
import { attemptOf, profileOf, type ChangeContext } from './changes/context';
import { refusal } from './refusal';

/** What goes as a whole, or comes back, does so by its machines alone. */
const byMachinesAlone: ReadonlySet<ClusterAction> = new Set(['destroy', 'purge', 'undo', 'adopt']);

/**
 * What makes a Kubernetes cluster of the machines of a plan, and lets those leave it that go, in its field; nothing where no
 * machine of Talos is made or leaves. Throws InputInvalid where they could never become a part of it: nobody knows the
 * secrets of the members, or the machine that etcd was to be bootstrapped on can't be gone on with.
 */
export function talosOf(context: ChangeContext, phases: readonly ClusterPhase[]): Pick<ClusterPlan, 'talos'> {
  const { action } = context.request;
  if (phases.length === 0 || byMachinesAlone.has(action)) return {};
  const { name, talos, dns, flux, roles } = profileOf(context);
  const controlPlaneRole = roles.find(({ kind }) => kind === 'controlPlane')?.name;
  if (talos === undefined || controlPlaneRole === undefined) return {};
  const machines = phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const bootstrapOn = bootstrapOf(context, machines);
  return {
    talos: {
      cluster: { name, ...talos, ...(dns === undefined ? {} : { dns }) },
      controlPlaneRole,
      ...(bootstrapOn === undefined ? {} : { bootstrapOn }),
      ...(flux === undefined || action !== 'create' ? {} : { flux }),
    },
  };
}

/** The machine that etcd is bootstrapped on: the recorded one, else the first control plane that is made. */
function bootstrapOf(context: ChangeContext, machines: readonly PlannedMachine[]): number | undefined {
  const { record } = context.input.change;
  requireKnownSecrets(context);
  if (record?.talos?.bootstrapped === true) return undefined;
  const controlPlanes = machines.filter(({ kind }) => kind === 'controlPlane');
  const recorded = record?.talos?.bootstrapOn;
  const chosen = controlPlanes.find((machine) => recorded === undefined || isRecorded(machine, recorded));
  if (chosen !== undefined) return chosen.vmid;
  throw refusal(
    attemptOf(context),
    recorded === undefined
      ? 'etcd was never bootstrapped, and none of its control planes is made here'
      : `etcd was to be bootstrapped on VM ${recorded}, nobody knows whether it was, and that machine can't be gone on with`,
    `Finish it first (pxm cluster create ${context.request.profile}), or destroy the cluster and create it again.`,
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
