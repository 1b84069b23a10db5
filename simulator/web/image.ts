/** What a disk image's first bytes say. */
export interface ImageFacts {
  /** `raw` is everything that is nothing else. */
  readonly format: 'qcow2' | 'vmdk' | 'raw';
  /** Size of the disk inside, in bytes; undefined where the bytes don't tell. */
  readonly virtualSizeBytes: number | undefined;
}

/** How many bytes are looked at. */
export const headBytes = 4096;

const sector = 512;

/** Looks at the first bytes of an image of this size, as `qemu-img info` does: qcow2 and sparse VMDK headers. */
export function inspectImage(head: Buffer, sizeBytes: number): ImageFacts {
  // qcow2: "QFI\xfb", version, ..., and at byte 24 the size of the disk, big-endian.
  if (head.length >= 32 && head.readUInt32BE(0) === 0x514649fb) {
    return { format: 'qcow2', virtualSizeBytes: Number(head.readBigUInt64BE(24)) };
  }
  // VMDK, sparse extent: "KDMV", version, flags, and at byte 12 the capacity in sectors, little-endian.
  if (head.length >= 20 && head.toString('latin1', 0, 4) === 'KDMV') {
    return { format: 'vmdk', virtualSizeBytes: Number(head.readBigUInt64LE(12)) * sector };
  }
  return { format: 'raw', virtualSizeBytes: Math.ceil(sizeBytes / sector) * sector };
}
