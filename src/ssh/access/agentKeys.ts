import { OpenSSHAgent, type IdentityCallback, type ParsedKey, type PublicKeyEntry } from 'ssh2';

type AgentKey = ParsedKey | PublicKeyEntry;

/**
 * The keys of an agent in the order in which OpenSSH offers them: those of the identity files first. A server
 * takes a few attempts only (MaxAuthTries).
 */
export class AgentKeys extends OpenSSHAgent {
  readonly #preferred: readonly Buffer[];
  readonly #onlyPreferred: boolean;
  #offered = 0;

  constructor(socket: string, preferred: readonly Buffer[], onlyPreferred: boolean) {
    super(socket);
    this.#preferred = preferred;
    this.#onlyPreferred = onlyPreferred;
  }

  /** How many keys the agent had for us. */
  get offered(): number {
    return this.#offered;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      if (error != null || keys === undefined) {
        callback(error ?? new Error('the agent has no answer'));
        return;
      }
      const wanted = keys.filter((key) => this.#isPreferred(key));
      const others = this.#onlyPreferred ? [] : keys.filter((key) => !this.#isPreferred(key));
      this.#offered = wanted.length + others.length;
      callback(undefined, [...wanted, ...others]);
    });
  }

  #isPreferred(key: AgentKey): boolean {
    return 'getPublicSSH' in key && this.#preferred.some((it) => it.equals(key.getPublicSSH()));
  }
}
