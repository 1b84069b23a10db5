import type { StorageReservation } from '../../domain/buildLease';
import type { ClusterMember } from '../../domain/cluster/member';
import type { LeftAlone, PlannedAddress } from '../../domain/cluster/plan';
import { outlineChange } from './changes';
import { contextOf, profileOf, type ChangeContext } from './changes/context';
import { chooseWays, type ChosenMachine } from './chooseWays';
import { givenBack } from './givenBack';
import { isThere } from './members';
import { cloneModel } from './model';
import type { MachineWish, PhaseOutline, RemovalOutline } from './outline';
import { addressesFor } from './addressesFor';
import { placeMachines, type Occupant } from './placing';
import type { ClusterOutlineInput } from './planInput';
import { requirePossible } from './requirements';
import { Room } from './room';
import { sharedAddressWarnings } from './sharedAddress';

/** A phase whose machines have places and ways. */
export type PreparedPhase =
  | { readonly kind: 'make'; readonly machines: readonly ChosenMachine[]; readonly seconds: number }
  | Exclude<PhaseOutline, { readonly kind: 'make' }>;

/** A plan in all but VMIDs. */
export interface Prepared {
  readonly context: ChangeContext;
  readonly phases: readonly PreparedPhase[];
  readonly keeps: readonly ClusterMember[];
  readonly leftAlone: readonly LeftAlone[];
  readonly warnings: readonly string[];
  /** By name; empty without static addresses. */
  readonly addresses: ReadonlyMap<string, PlannedAddress>;
  /** Memory that deletions of this plan give back, by node. */
  readonly freedBytes: ReadonlyMap<string, number>;
  /** Room on storages that they give back. */
  readonly freedRoom: readonly StorageReservation[];
  /** Machines that are started again and whose memory is reserved for that. */
  readonly revived: readonly {
    readonly vmid: number;
    readonly target: string;
    readonly memoryBytes: number;
  }[];
  readonly room: Room;
}

/** Outlines a change and gives all machines places, ways and addresses. Throws InputInvalid where that can't be. */
export function prepareCluster(input: ClusterOutlineInput): Prepared {
  const context = contextOf(input);
  const { look, judged } = context;
  const outline = outlineChange(context);
  const wishes = outline.phases.flatMap((phase) => (phase.kind === 'make' ? phase.wishes : []));
  const goes = outline.phases.flatMap((phase) => ('removals' in phase ? phase.removals : []));
  requirePossible(context, wishes, goes);
  const concerned = new Set([
    ...goes.map(({ removal }) => removal.member.vmid),
    ...wishes.flatMap(({ begun }) => begun?.member.vmid ?? []),
  ]);
  const there = judged.members.filter(isThere);
  const keeps = there.map(({ member }) => member).filter(({ vmid }) => !concerned.has(vmid));
  const preparing = new Preparing(context, [...keeps, ...goes.map(({ removal }) => removal.member)]);
  const phases = outline.phases.map((phase) => preparing.prepare(phase));
  return {
    ...{ context, phases, keeps },
    ...{ room: preparing.room, freedBytes: preparing.freedBytes, freedRoom: preparing.freedRoom },
    revived: preparing.revived,
    leftAlone: eachOnce(judged.leftAlone, outline.leftAlone),
    warnings: [
      ...[...look.warnings, ...judged.warnings, ...outline.warnings, ...preparing.warnings],
      ...sharedAddressWarnings(context, outline.phases),
    ],
    addresses: addressesFor(context, outline.phases, keeps),
  };
}

/** What is doubtful is among all that is left alone, and may be what this change is about. */
function eachOnce(judged: readonly LeftAlone[], meant: readonly LeftAlone[]): readonly LeftAlone[] {
  const isSaid = ({ vmid }: LeftAlone) => judged.some((it) => it.vmid === vmid);
  return [
    ...judged.map((it) => meant.find(({ vmid }) => vmid === it.vmid) ?? it),
    ...meant.filter((it) => !isSaid(it)),
  ];
}

/** Phase after phase: what goes gives room to what comes after it. */
class Preparing {
  readonly room: Room;
  readonly freedBytes = new Map<string, number>();
  readonly freedRoom: StorageReservation[] = [];
  readonly revived: { vmid: number; target: string; memoryBytes: number }[] = [];
  readonly warnings: string[] = [];
  readonly #context: ChangeContext;
  readonly #occupants: (Occupant & { readonly vmid?: number })[];

  constructor(context: ChangeContext, members: readonly ClusterMember[]) {
    const { look, input } = context;
    this.#context = context;
    this.room = new Room(look, input.settings.targetMemoryShare);
    const active = members.filter(({ state }) => state !== 'aside');
    this.#occupants = active.map(({ role, node, vmid }) => ({ role, node, vmid }));
  }

  prepare(phase: PhaseOutline): PreparedPhase {
    switch (phase.kind) {
      case 'make':
        return this.#make(phase.wishes);
      case 'delete':
        for (const outline of phase.removals) this.#free(outline);
        return phase;
      case 'revive':
        for (const outline of phase.removals) this.#revive(outline);
        return phase;
      case 'setAside':
      case 'adopt':
        return phase;
    }
  }

  #make(wishes: readonly MachineWish[]): PreparedPhase {
    const { look, input } = this.#context;
    const { storage } = profileOf(this.#context);
    const copies = look.copies.toSorted((one, other) => one.vmid - other.vmid);
    const ways = { nodes: look.nodes, copies, ...(storage === undefined ? {} : { storage }) };
    const placed = placeMachines({ look, ways, room: this.room, occupants: this.#occupants }, wishes);
    const chosen = chooseWays(placed, this.room, cloneModel(input.settings));
    this.#occupants.push(...chosen.machines.map(({ wish, node }) => ({ role: wish.role.name, node })));
    return { kind: 'make', ...chosen };
  }

  #free({ removal: { member, running }, seen }: RemovalOutline): void {
    const { vmid, node } = member;
    const at = this.#occupants.findIndex((it) => it.vmid === vmid);
    if (at >= 0) this.#occupants.splice(at, 1);
    const room = givenBack(this.#context.look, seen);
    this.room.give(node, 0, room);
    this.freedRoom.push(...room);
    if (!running) return;
    const bytes = this.#memoryOf(vmid);
    this.room.give(node, bytes, []);
    this.freedBytes.set(node, (this.freedBytes.get(node) ?? 0) + bytes);
  }

  #revive({ removal: { member, running } }: RemovalOutline): void {
    const { vmid, node } = member;
    const memoryBytes = this.#memoryOf(vmid);
    if (running || memoryBytes === 0) return;
    const lacking = this.room.lackingFor(node, memoryBytes, []);
    if (lacking === undefined) {
      this.room.take(node, memoryBytes, []);
      this.revived.push({ vmid, target: node, memoryBytes });
      return;
    }
    this.warnings.push(`${member.name} is started on ${node} all the same: ${lacking}.`);
  }

  #memoryOf(vmid: number): number {
    return this.#context.look.guests.find((it) => it.vmid === vmid)?.memoryBytes ?? 0;
  }
}
