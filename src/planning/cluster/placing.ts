import { listInWords, compareText } from '../words';
import type { ClusterLook, PlaceView } from './facts';
import type { MachineWish } from './outline';
import { refusal } from './refusal';
import type { Room } from './room';
import { waysTo } from './ways';
import type { CloneOption, WayInput } from './wayInput';

/** A machine with its place. */
export interface PlacedMachine {
  readonly wish: MachineWish;
  readonly node: string;
  readonly option: CloneOption;
  /** All ways to that node. */
  readonly options: readonly CloneOption[];
  /** How many nodes it could have gone to, room apart. */
  readonly possible: number;
}

/** Somebody of the cluster who is on a node. */
export interface Occupant {
  readonly role: string;
  readonly node: string;
}

/** What placing starts from; room and occupants are changed by it. */
export interface PlacingInput {
  readonly look: Pick<ClusterLook, 'nodes' | 'othersLeases'>;
  readonly ways: WayInput;
  readonly room: Room;
  /** Members that stay, and machines that were placed before. */
  readonly occupants: Occupant[];
}

/** A node that a machine may go to, room and company apart. */
interface Candidate {
  readonly node: string;
  readonly options: readonly CloneOption[];
  /** In the order of the role's nodes, where it takes them in turn. */
  readonly turn: number;
}

/**
 * Finds a node for each machine, in their order. Hard rules always hold: nodes that can be places, those that the profile
 * names, hard anti-affinity, cores, memory below the limit, room on storages, a way for the clone. Where one finds none,
 * machines that were placed before make room for it by going elsewhere. Then: soft anti-affinity, spread or pack, the
 * lowest memory share, the name. The same facts in any order give the same places. Throws InputInvalid with what is
 * missing on each node.
 */
export function placeMachines(input: PlacingInput, wishes: readonly MachineWish[]): readonly PlacedMachine[] {
  const placing = new Placing(input);
  const homeless = wishes.filter((wish) => !placing.place(wish, new Set()));
  if (homeless.length > 0) throw noPlace(placing, homeless);
  return wishes.flatMap((wish) => placing.placed.get(wish) ?? []);
}

/** Why no machine goes to a node; undefined: it can be a place. */
export function placeRefusal(
  node: PlaceView,
  { othersLeases }: Pick<ClusterLook, 'othersLeases'>,
): string | undefined {
  if (!node.online) return 'it is offline';
  const lease = othersLeases.nodes.find((held) => held.node === node.name);
  if (lease !== undefined) return `it is being emptied by ${lease.holder.workflowId}`;
  if (node.haState !== undefined && node.haState !== 'online') return `HA shows it as ${node.haState}`;
  return undefined;
}

/** Memory that a machine will take: what runs already is in the node's own figures. */
export function memoryNeeded({ role, begun }: MachineWish): number {
  return begun?.seen.running === true ? 0 : role.memoryBytes;
}

class Placing {
  readonly placed = new Map<MachineWish, PlacedMachine>();
  readonly #input: PlacingInput;

  constructor(input: PlacingInput) {
    this.#input = input;
  }

  /** Places a machine; `visited` are nodes that were made room on already for its sake. */
  place(wish: MachineWish, visited: Set<string>): boolean {
    const candidates = this.#candidates(wish).toSorted((one, other) => this.#compare(wish, one, other));
    for (const candidate of candidates) {
      if (this.#take(wish, candidate, candidates.length)) return true;
    }
    for (const candidate of candidates) {
      if (visited.has(candidate.node)) continue;
      visited.add(candidate.node);
      if (this.#makeRoom(wish, candidate, candidates.length, visited)) return true;
    }
    return false;
  }

  /** Why a machine can't go to a node, for the words of the refusal. */
  refusalOf(wish: MachineWish, node: PlaceView): string {
    const fixed = fixedRefusal(this.#input, wish, node);
    if (fixed !== undefined) return fixed;
    const { options, because } = waysTo(this.#input.ways, wish, node.name);
    if (options.length === 0) return because || 'there is no copy of the template to clone from';
    if (this.#isApart(wish, node.name)) return `a ${wish.role.name} of this cluster is there already`;
    const lacking = options.map((it) =>
      this.#input.room.lackingFor(node.name, memoryNeeded(wish), it.demands),
    );
    return lacking.find((it) => it !== undefined) ?? 'it was needed for others';
  }

  get nodes(): readonly PlaceView[] {
    return this.#input.look.nodes.toSorted((one, other) => compareText(one.name, other.name));
  }

  /** Machines go elsewhere one by one, as long as that makes room for this one. */
  #makeRoom(wish: MachineWish, candidate: Candidate, possible: number, visited: Set<string>): boolean {
    const here = [...this.placed.values()].filter(({ node }) => node === candidate.node);
    for (const leaving of here) {
      this.#release(leaving);
      if (this.#take(wish, candidate, possible)) {
        if (this.place(leaving.wish, visited)) return true;
        const taken = this.placed.get(wish);
        if (taken !== undefined) this.#release(taken);
      }
      this.#put(leaving);
    }
    return false;
  }

  #take(wish: MachineWish, { node, options }: Candidate, possible: number): boolean {
    // What is there already and can go nowhere else stays, whoever else is there.
    const isStuck = possible === 1 && wish.begun?.seen.node === node;
    if (this.#isApart(wish, node) && !isStuck) return false;
    const memoryBytes = memoryNeeded(wish);
    const option = options.find(
      (it) => this.#input.room.lackingFor(node, memoryBytes, it.demands) === undefined,
    );
    if (option === undefined) return false;
    this.#put({ wish, node, option, options, possible });
    return true;
  }

  #put(machine: PlacedMachine): void {
    const { wish, node, option } = machine;
    this.#input.room.take(node, memoryNeeded(wish), option.demands);
    this.placed.set(wish, machine);
  }

  #release({ wish, node, option }: PlacedMachine): void {
    this.#input.room.give(node, memoryNeeded(wish), option.demands);
    this.placed.delete(wish);
  }

  #candidates(wish: MachineWish): readonly Candidate[] {
    const { placement } = wish.role;
    const inTurn = placement.strategy === 'pinned' ? (placement.nodes ?? []) : [];
    return this.nodes.flatMap((view) => {
      if (fixedRefusal(this.#input, wish, view) !== undefined) return [];
      const { options } = waysTo(this.#input.ways, wish, view.name);
      const at = inTurn.indexOf(view.name);
      const turn = at < 0 ? 0 : (at - (wish.ordinal - 1) + inTurn.length * wish.ordinal) % inTurn.length;
      return options.length === 0 ? [] : [{ node: view.name, options, turn }];
    });
  }

  #compare(wish: MachineWish, one: Candidate, other: Candidate): number {
    const { strategy, antiAffinity } = wish.role.placement;
    const scores = [one, other].map(({ node, turn }) => {
      const like = this.#countOf(node, wish.role.name);
      return [
        Number(wish.begun !== undefined && wish.begun.seen.node !== node),
        antiAffinity === 'none' ? 0 : Number(like > 0),
        turn,
        strategy === 'pack' ? -this.#countOf(node) : like,
        this.#input.room.shareWith(node, memoryNeeded(wish)),
      ];
    });
    const [mine = [], others = []] = scores;
    const at = mine.findIndex((score, index) => score !== others[index]);
    return at < 0 ? compareText(one.node, other.node) : (mine[at] ?? 0) - (others[at] ?? 0);
  }

  #isApart(wish: MachineWish, node: string): boolean {
    return wish.role.placement.antiAffinity === 'hard' && this.#countOf(node, wish.role.name) > 0;
  }

  /** How many of the cluster, or of one role, are on a node. */
  #countOf(node: string, role?: string): number {
    const others = [...this.placed.values()].map((it) => ({ node: it.node, role: it.wish.role.name }));
    const all = [...this.#input.occupants, ...others];
    return all.filter((it) => it.node === node && (role === undefined || it.role === role)).length;
  }
}

/** What keeps a machine from a node whatever else is there. */
function fixedRefusal(
  { look }: Pick<PlacingInput, 'look'>,
  { role, ordinal }: MachineWish,
  view: PlaceView,
): string | undefined {
  const own = role.machines[String(ordinal)]?.node;
  if (own !== undefined && own !== view.name) return `the profile puts it on ${own}`;
  if (own === undefined && role.placement.nodes?.includes(view.name) === false) {
    return `the profile puts ${role.name} on ${listInWords(role.placement.nodes)}`;
  }
  const refused = placeRefusal(view, look);
  if (refused !== undefined) return refused;
  return role.cores > view.cpus ? `${role.cores} cores are more than its ${view.cpus} CPUs` : undefined;
}

const shownMachines = 3;

function noPlace(placing: Placing, homeless: readonly MachineWish[]) {
  const texts = homeless.slice(0, shownMachines).map((wish) => {
    const reasons = placing.nodes.map((node) => `${node.name}: ${placing.refusalOf(wish, node)}`);
    return `${wish.name} has no place (${reasons.join('; ')})`;
  });
  const more = homeless.length - texts.length;
  return refusal(
    `find places for ${listInWords(homeless.map(({ name }) => name))}`,
    [...texts, ...(more > 0 ? [`and ${more} more have none`] : [])].join('. '),
    'Make room or bring nodes back, change counts, sizes, storage or placement in the profile, bring copies of the template to more nodes, or raise limits.target_memory_share; then make a new plan.',
  );
}
