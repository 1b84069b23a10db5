/** A volume that should not be there any more. */
export interface Leftover {
  readonly node: string;
  readonly volume: string;
}

/** What the cluster shows of one guest after its migration task ended, asked from the node that owns it. */
export interface MoveProof {
  readonly where: 'target' | 'source' | 'elsewhere' | 'unknown';
  /** The node that has it now, if known. */
  readonly node?: string;
  readonly running?: boolean;
  readonly lock?: string;
  readonly leftovers: readonly Leftover[];
  /** In words, for decisions and reports. */
  readonly seen: string;
}

/** The evacuated node at the end, listed from the node itself. */
export interface NodeProof {
  /** False if the node could not be listed: then it is never called empty. */
  readonly listed: boolean;
  readonly guests: readonly { readonly vmid: number; readonly name: string; readonly kind: 'qemu' | 'lxc' }[];
  readonly problem?: string;
}
