import type { Secret } from '../../domain/secret';

/** Which key's passphrase is wanted. */
export interface PassphraseRequest {
  /** Path of the encrypted key file. */
  readonly file: string;
  /** The host that is being connected to, e.g. `root@pve01`. */
  readonly host: string;
}

/**
 * Gives the passphrase of a key file, e.g. from `pass` or by asking on the terminal. Undefined: there is none,
 * and the key is left out. It is called once for a file as long as the file stays the same and the passphrase fits.
 */
export type PassphraseProvider = (request: PassphraseRequest) => Promise<Secret | undefined>;
