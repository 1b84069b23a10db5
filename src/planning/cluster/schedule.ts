import type { CloneModel } from './model';
import type { CloneOption } from './wayInput';

/** When storages and links are free again while clones are put one after the other, in seconds. */
export class Schedule {
  readonly #model: CloneModel;
  readonly #free = new Map<string, number>();
  #makespan = 0;

  constructor(model: CloneModel) {
    this.#model = model;
  }

  /** When the last machine is in place. */
  get makespan(): number {
    return this.#makespan;
  }

  /** When a machine would be in place if it came next. */
  endOf(option: CloneOption): number {
    return this.#times(option).end;
  }

  /** Puts a machine: when it is in place. */
  add(option: CloneOption): number {
    const { end, busy } = this.#times(option);
    for (const [what, until] of busy) this.#free.set(what, until);
    this.#makespan = Math.max(this.#makespan, end);
    return end;
  }

  /**
   * Linked clones wait for the storage's lock, full ones share its bandwidth, moves share the links of both nodes: all
   * three as if one came after the other, which for the last of them is the same.
   */
  #times(option: CloneOption): {
    readonly end: number;
    readonly busy: readonly (readonly [string, number])[];
  } {
    const { leastSeconds, diskBytesPerSecond, linkBytesPerSecond, streamBytesPerSecond } = this.#model;
    const { way, place, node, copyBytes, moveBytes, movedFrom, source } = option;
    const isCloned = way === 'linked' || copyBytes > 0;
    const lane = `${way === 'linked' ? 'linked' : 'full'} ${place}`;
    const cloneSeconds = isCloned ? Math.max(leastSeconds, copyBytes / diskBytesPerSecond) : 0;
    const cloned = this.#at(lane) + cloneSeconds;
    const cloning = isCloned ? [[lane, cloned] as const] : [];
    if (moveBytes === undefined) return { end: isCloned ? cloned : 0, busy: cloning };
    const links = [`from ${movedFrom ?? source.node}`, `to ${node}`];
    const begin = isCloned ? cloned : 0;
    const start = Math.max(begin, ...links.map((link) => this.#at(link)));
    const sent = start + moveBytes / linkBytesPerSecond;
    const alone = begin + Math.max(leastSeconds, moveBytes / streamBytesPerSecond);
    return { end: Math.max(sent, alone), busy: [...cloning, ...links.map((link) => [link, sent] as const)] };
  }

  #at(what: string): number {
    return this.#free.get(what) ?? 0;
  }
}
