const plain = (text: string): string => text;

/** RFC 3986 encoders also encode "!", which encodeURIComponent leaves as it is. */
const encodeStrictly = (text: string): string => encodeURIComponent(text).replaceAll('!', '%21');

const escapeForPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Ids that only exist at run time (UPIDs, token secrets, MAC addresses, digests): which id of the recording
 * stands for which id of the cluster that is asked now. Filled by comparing answers, used in later requests.
 */
export class LearnedIds {
  readonly #actualOf = new Map<string, string>();
  readonly #recordedOf = new Map<string, string>();

  /** The id of this run that stands for a recorded one, if it is known. */
  actualOf(recorded: string): string | undefined {
    return this.#actualOf.get(recorded);
  }

  /** True unless one of the two is already paired with another id. */
  agrees(recorded: string, actual: string): boolean {
    const known = this.#actualOf.get(recorded);
    const back = this.#recordedOf.get(actual);
    return (known === undefined || known === actual) && (back === undefined || back === recorded);
  }

  /** Pairs two ids; a later pair replaces an earlier one. */
  learn(recorded: string, actual: string): void {
    this.#actualOf.set(recorded, actual);
    this.#recordedOf.set(actual, recorded);
  }

  /** A text with every known recorded id replaced, plain or URL-encoded. */
  substitute(text: string): string {
    const replacements = new Map<string, string>();
    for (const [recorded, actual] of this.#actualOf) {
      if (recorded === actual) continue;
      for (const encode of [plain, encodeURIComponent, encodeStrictly])
        replacements.set(encode(recorded), encode(actual));
    }
    if (replacements.size === 0) return text;
    // Longer ids first, so that none is cut by a shorter one.
    const ids = [...replacements.keys()].sort((a, b) => b.length - a.length);
    return text.replace(
      new RegExp(ids.map(escapeForPattern).join('|'), 'g'),
      (id) => replacements.get(id) ?? id,
    );
  }

  /** An independent copy. */
  copy(): LearnedIds {
    const copy = new LearnedIds();
    for (const [recorded, actual] of this.#actualOf) copy.learn(recorded, actual);
    return copy;
  }
}
