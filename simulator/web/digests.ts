import { createHash, type Hash } from 'node:crypto';

/** The algorithms of `checksum-algorithm`. */
export const checksumAlgorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

/** One of them. */
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** Checksums by algorithm, in hexadecimal. */
export type Checksums = Readonly<Record<ChecksumAlgorithm, string>>;

/** All checksums of bytes that come piece by piece. */
export class Digests {
  private readonly hashes: Readonly<Record<ChecksumAlgorithm, Hash>> = {
    md5: createHash('md5'),
    sha1: createHash('sha1'),
    sha224: createHash('sha224'),
    sha256: createHash('sha256'),
    sha384: createHash('sha384'),
    sha512: createHash('sha512'),
  };

  update(bytes: Buffer): void {
    for (const algorithm of checksumAlgorithms) this.hashes[algorithm].update(bytes);
  }

  /** Call it once, at the end. */
  checksums(): Checksums {
    const { md5, sha1, sha224, sha256, sha384, sha512 } = this.hashes;
    return {
      md5: md5.digest('hex'),
      sha1: sha1.digest('hex'),
      sha224: sha224.digest('hex'),
      sha256: sha256.digest('hex'),
      sha384: sha384.digest('hex'),
      sha512: sha512.digest('hex'),
    };
  }
}

/** The checksums of some bytes. */
export function checksumsOf(bytes: Buffer | string): Checksums {
  const digests = new Digests();
  digests.update(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  return digests.checksums();
}
