import { headBytes, inspectImage, type ImageFacts } from './image';

/** A file in an archive. */
export interface ArchiveMember {
  readonly name: string;
  readonly sizeBytes: number;
  readonly image: ImageFacts;
  /** The first bytes, as text: all of a description. */
  readonly text: string;
}

const block = 512;

/** How much of a member is kept: descriptions of appliances are smaller. */
const keptBytes = 256 * 1024;

/** Reads a tar archive (an OVA is one) while its bytes pass. What is none has no members. */
export class ArchiveReader {
  private readonly members: ArchiveMember[] = [];
  private waiting = Buffer.alloc(0);
  private current: { name: string; sizeBytes: number; kept: Buffer } | undefined;
  private contentBytes = 0;
  private paddingBytes = 0;
  private isArchive = true;

  add(bytes: Buffer): void {
    if (!this.isArchive) return;
    this.waiting = Buffer.concat([this.waiting, bytes]);
    for (let isMore = true; isMore; isMore = this.step());
  }

  /** The members so far, those that were read to their end. */
  found(): readonly ArchiveMember[] {
    return this.members;
  }

  /** Takes a header, or what there is of a member; false where more bytes are needed. */
  private step(): boolean {
    if (this.current !== undefined) return this.takeContent();
    if (this.waiting.length < block) return false;
    const header = this.take(block);
    if (header.every((byte) => byte === 0)) return true;
    if (header.toString('latin1', 257, 262) !== 'ustar') {
      this.isArchive = false;
      return false;
    }
    const text = (from: number, to: number): string =>
      header.toString('latin1', from, to).replace(/\0.*$/s, '');
    const sizeBytes = Number.parseInt(text(124, 136).trim(), 8);
    this.current = { name: text(0, 100).replace(/^\.\//, ''), sizeBytes, kept: Buffer.alloc(0) };
    this.contentBytes = sizeBytes;
    this.paddingBytes = (block - (sizeBytes % block)) % block;
    return true;
  }

  private takeContent(): boolean {
    const { current } = this;
    if (current === undefined) return false;
    const content = this.take(Math.min(this.contentBytes, this.waiting.length));
    this.contentBytes -= content.length;
    if (current.kept.length < keptBytes)
      current.kept = Buffer.concat([current.kept, content.subarray(0, keptBytes)]);
    if (this.contentBytes > 0) return false;
    this.paddingBytes -= this.take(Math.min(this.paddingBytes, this.waiting.length)).length;
    if (this.paddingBytes > 0) return false;
    const { name, sizeBytes, kept } = current;
    const image = inspectImage(kept.subarray(0, headBytes), sizeBytes);
    this.members.push({ name, sizeBytes, image, text: name.endsWith('.ovf') ? kept.toString('utf8') : '' });
    this.current = undefined;
    return true;
  }

  private take(bytes: number): Buffer {
    const taken = this.waiting.subarray(0, bytes);
    this.waiting = this.waiting.subarray(bytes);
    return taken;
  }
}
