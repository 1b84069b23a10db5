import type { Secret } from '../../domain/secret';

/** Which key's passphrase is wanted. */
export interface PassphraseRequest {
  /** Path of the encrypted key file. */
  readonly file: string;
  /** The host that is being connected to, e.g. `root@pve01`. */
  readonly host: string;
  /** From 1; above it, the passphrases before did not fit. */
  readonly attempt: number;
}

/** A passphrase, and what to tell a person if it is wrong. */
export interface Passphrase {
  readonly value: Secret;
  /** Where it comes from, e.g. `of pass entry lab/ssh`. */
  readonly source: string;
  readonly remedyIfWrong: string;
}

/**
 * Gives the passphrase of a key file, e.g. from `pass` or by asking on the terminal. Undefined: there is none (or no
 * other one), and the key is left out. It is not called again for a file that is unlocked, as long as that stays the same.
 */
export type PassphraseProvider = (request: PassphraseRequest) => Promise<Passphrase | undefined>;
