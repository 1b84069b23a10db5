/** What a template can be made from. */
export const imageTypes = ['cloudinit', 'iso', 'qcow2', 'raw', 'vmdk', 'ova'] as const;
/** One of them. */
export type ImageType = (typeof imageTypes)[number];

/** Ways in which an image may be packed. */
export const compressions = ['gz', 'xz', 'zst', 'bz2'] as const;
/** One of them. */
export type Compression = (typeof compressions)[number];

/** Digests that are accepted: both can be checked by download-url. */
export type DigestAlgorithm = 'sha256' | 'sha512';

/** Where an image comes from, as it is asked for: the `source:` of a runbook, its parameters put in. */
export interface SourceRequest {
  readonly url?: string;
  /** `sha256:<hex>` or `sha512:<hex>`. */
  readonly checksum?: string;
  /** URL of a SHA256SUMS or SHA512SUMS file that names the image. */
  readonly checksums?: string;
  /** URL of its detached GPG signature; without it a clear-signed file of sums is its own. */
  readonly signature?: string;
  /** Path of the public key that must have signed. */
  readonly key?: string;
  readonly compression?: Compression;
  /** An existing virtual machine is made into the template. */
  readonly vmid?: number;
  /** ID of a schematic of the Talos image factory (64 hexadecimal digits). */
  readonly schematic?: string;
}

/** An image whose content is known before a byte of it was fetched. */
export interface ImageFile {
  readonly kind: 'image';
  /** Never with a user name, a password or a query: it is printed in Proxmox's task log. */
  readonly url: string;
  readonly algorithm: DigestAlgorithm;
  /** Lower-case hexadecimal. */
  readonly digest: string;
  /** Who vouches for the digest: the runbook, a file of sums, or one whose signature was verified. */
  readonly vouchedBy: 'runbook' | 'sums' | 'signed sums';
  /** Fingerprint of the key that signed. */
  readonly signedBy?: string;
  readonly format: 'qcow2' | 'raw' | 'vmdk' | 'ova' | 'iso';
  readonly compression?: Compression;
  /** From the server's headers; absent where it does not tell. */
  readonly sizeBytes?: number;
}

/** A virtual machine that exists already. */
export interface MachineSource {
  readonly kind: 'machine';
  readonly vmid: number;
  readonly node: string;
  /** Digest of its configuration when it was looked at: the template is of exactly that. */
  readonly digest: string;
}

/** What a template is made from, resolved. */
export type TemplateSource = ImageFile | MachineSource;
