import type { GuestInside } from '../cluster/guest-inside';
import { ArchiveReader, type ArchiveMember } from './archive';
import { Digests, type Checksums } from './digests';
import { headBytes, inspectImage, type ImageFacts } from './image';

/** What is known of a file whose bytes are not kept. */
export interface FileFacts {
  readonly sizeBytes: number;
  readonly checksums: Checksums;
  readonly image: ImageFacts;
  /** The image can't be read to its end. */
  readonly damaged: boolean;
  /** Files in it, if it is an archive such as an OVA. */
  readonly members: readonly ArchiveMember[];
  /** What a guest is like that boots from it; undefined: as any image. */
  readonly inside: GuestInside | undefined;
}

/** Learns what is to be known of a file while its bytes pass. */
export class FileReader {
  private readonly digests = new Digests();
  private readonly archive = new ArchiveReader();
  private head = Buffer.alloc(0);
  private sizeBytes = 0;

  get receivedBytes(): number {
    return this.sizeBytes;
  }

  add(bytes: Buffer): void {
    this.digests.update(bytes);
    this.archive.add(bytes);
    this.sizeBytes += bytes.length;
    if (this.head.length < headBytes) this.head = Buffer.concat([this.head, bytes.subarray(0, headBytes)]);
  }

  /** Call it once, at the end. */
  facts(): FileFacts {
    const { sizeBytes } = this;
    return {
      sizeBytes,
      checksums: this.digests.checksums(),
      image: inspectImage(this.head, sizeBytes),
      damaged: false,
      members: this.archive.found(),
      inside: undefined,
    };
  }
}

/** What is to be known of these bytes. */
export function factsOf(bytes: Buffer): FileFacts {
  const reader = new FileReader();
  reader.add(bytes);
  return reader.facts();
}
