/** Whose file it is, and who may do what with it. */
export interface FileAttributes {
  /** E.g. 0o600. */
  readonly mode: number;
  /** Default: the user that we log in as. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** How long a transfer may take, and how it is stopped. */
export interface TransferOptions {
  /** Default 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}
