import type { ClusterFrame, MachineReadiness } from '../../../domain/cluster/plan';
import type { MachineStepArguments, ReadyReport, RemovalStepArguments } from '../../../domain/cluster/step';
import type { GuestPlace } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { drivesOf } from '../../../planning/cluster/drives';
import { ownAddresses, typeIfKnown } from '../../../planning/cluster/ownAddresses';
import { seenByAgent, seenFromOutside, silentAgent, type FileAccess } from '../../guests/bootLooks';
import { talosAddress } from '../../guests/talosApi';
import type { InTurn } from '../../guests/nodeTurns';
import { watchBoot, type BootState, type BootTimes } from '../../guests/watchBoot';
import type { LedgerClient } from '../../ledger/client';
import type { ActivityAttempt } from '../../shared/attempt';
import { madeMember, ownMachine, revivedName, type SeenMachine } from '../machine';
import { settleMachine } from './reservations';

/** A machine whose start is watched. */
interface Watched {
  readonly place: GuestPlace;
  /** The address that it was given; absent: by DHCP, whatever that is. */
  readonly address: string | undefined;
  readonly files: FileAccess;
}

/**
 * Watches a machine until it is ready as the plan means it, or has not been for too long. It runs now, and its disks are
 * there: what the ledger kept free for it is given back. Changes nothing on the cluster.
 */
export async function watchMachine(
  client: ProxmoxClient,
  ledger: Pick<LedgerClient, 'settle' | 'settleStorage'>,
  attempt: ActivityAttempt,
  input: MachineStepArguments,
  times: WatchTimes,
): Promise<ReadyReport> {
  const { machine, frame } = input;
  const options = { signal: attempt.signal };
  const attempted = `see that VM ${machine.vmid} (${machine.name}) is ready`;
  const seen = await ownMachine(client, { attempted, member: madeMember(input), cluster: frame }, options);
  await settleMachine(ledger, input);
  const watched = {
    place: { node: machine.node, vmid: machine.vmid },
    address: machine.address?.address,
    files: filesOf(seen),
  };
  const report = await watch(client, attempt, watched, frame, times);
  return { ...report, digest: seen.digest };
}

/**
 * Watches a machine that was brought back until it is ready again as the plan means it, or has not been for too long: with
 * the address that its own configuration gives it. cloud-init is not asked: it had finished when the machine was made. What
 * the ledger kept free for it is given back. Changes nothing on the cluster.
 */
export async function watchMember(
  client: ProxmoxClient,
  ledger: Pick<LedgerClient, 'settle'>,
  attempt: ActivityAttempt,
  { removal, frame, holder }: RemovalStepArguments,
  times: WatchTimes,
): Promise<ReadyReport> {
  const { member, readiness = 'running' } = removal;
  const { vmid, node } = member;
  const options = { signal: attempt.signal };
  const orName = revivedName(removal, frame);
  const attempted = `see that VM ${vmid} (${orName}) is ready again`;
  const seen = await ownMachine(client, { attempted, member, cluster: frame, orName }, options);
  await ledger.settle(holder, vmid);
  const [address] = ownAddresses(typeIfKnown(frame), member, seen.keys);
  const watched = { place: { node, vmid }, address, files: 'none' as const };
  return watch(client, attempt, watched, { ...frame, readiness }, times);
}

/** How a start is watched beside how long. */
type WatchTimes = Omit<BootTimes, 'patienceMs'> & { readonly inTurn: InTurn };

function watch(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  watched: Watched,
  { readiness, readyWithinMs }: Pick<ClusterFrame, 'readiness' | 'readyWithinMs'>,
  { inTurn, ...times }: WatchTimes,
): Promise<ReadyReport> {
  const options = { signal: attempt.signal };
  const look = looks[readiness];
  return watchBoot(attempt, { ...times, patienceMs: readyWithinMs }, (state) =>
    inTurn(watched.place.node, () => look(client, watched, state, options)),
  );
}

/** Where no cloud-init runs there is nothing of it to wait for; Windows has no such files. */
function filesOf({ keys }: SeenMachine): FileAccess {
  const hasCloudinit = drivesOf(keys).some(({ kind }) => kind === 'cloudinit');
  return hasCloudinit && !/^w/.test(keys.get('ostype') ?? '') ? 'ifAllowed' : 'none';
}

type Look = (
  client: ProxmoxClient,
  watched: Watched,
  state: BootState,
  options: CallOptions,
) => Promise<ReadyReport>;

const looks: Readonly<Record<MachineReadiness, Look>> = {
  agent: seenInside,
  talosApi: seenOnTalos,
  running: (client, { place }, state, options) => seenFromOutside(client, place, state, options),
};

/** The agent answers, cloud-init has finished, and it has its address. */
async function seenInside(
  client: ProxmoxClient,
  { place, address, files }: Watched,
  _state: BootState,
  options: CallOptions,
): Promise<ReadyReport> {
  const { addresses = [], ...report } = await seenByAgent(
    client,
    place,
    { files, withoutFirstBoot: true },
    options,
  );
  if (report.seen.includes(silentAgent)) return whyNot(client, place, report, options);
  if (!report.ready) return report;
  if (address !== undefined && !addresses.includes(address)) {
    const failed = `it has ${addresses.join(', ')}, not the address ${address} that it was given`;
    return { ready: false, seen: ['the guest agent answers', failed] };
  }
  const own = address ?? addresses.find((it) => !it.includes(':')) ?? addresses[0];
  return { ...report, ...(own === undefined ? {} : { address: own }) };
}

/**
 * It runs and its address is known: whether Talos answers there its own tool is asked, by its certificates. A machine whose
 * address nothing tells is of no use.
 */
async function seenOnTalos(
  client: ProxmoxClient,
  { place, address }: Watched,
  _state: BootState,
  options: CallOptions,
): Promise<ReadyReport> {
  const outside = await seenFromOutside(client, place, { hasSettled: true }, options);
  if (!outside.ready) return outside;
  const own = address ?? (await talosAddress(client, place, options));
  if (own !== undefined) return { ready: true, address: own, seen: [`it runs, and has the address ${own}`] };
  const unknown =
    'nothing tells its address: give it one (addressing, or machines in the profile), or use a template whose agent tells it';
  return { ready: false, seen: ['it runs', unknown] };
}

/** A machine that has stopped by itself is not waited for. */
async function whyNot(
  client: ProxmoxClient,
  place: GuestPlace,
  report: ReadyReport,
  options: CallOptions,
): Promise<ReadyReport> {
  const outside = await seenFromOutside(client, place, { hasSettled: false }, options);
  if (outside.isFinal === true) return outside;
  return { ...report, seen: [...outside.seen, ...report.seen] };
}
