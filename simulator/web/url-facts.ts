import type { GuestInside } from '../cluster/guest-inside';
import { checksumsOf, type Checksums } from './digests';
import type { FileFacts } from './file-facts';
import type { ImageFacts } from './image';

/** How a server answers for a URL, where it is not the file. */
export type UrlFailure =
  'connection refused' | 'name not resolved' | 'certificate not trusted' | `${number} ${string}`;

/** What a scenario or a test says about a URL: nothing is fetched, and size and contents are as said. */
export interface UrlFacts {
  readonly url: string;
  readonly answer: UrlFailure | 'file';
  readonly sizeBytes: number;
  readonly mimeType: string;
  readonly image: ImageFacts;
  readonly checksums: Partial<Checksums>;
  /** The most that the server sends; undefined: as much as the node's link carries. */
  readonly bytesPerSecond: number | undefined;
  /** The connection breaks off there, each time. */
  readonly breaksOffAtBytes: number | undefined;
  readonly damaged: boolean;
  /** Sizes of the disks in an OVA. */
  readonly diskBytes: readonly number[];
  readonly inside: GuestInside | undefined;
}

/** The file behind a URL. Checksums that nobody told are made of the URL: they are always the same, and fit nothing. */
export function fileOf(facts: UrlFacts): FileFacts {
  const { url, sizeBytes, image, checksums, damaged, inside } = facts;
  const members = facts.diskBytes.map((virtualSizeBytes, index) => ({
    name: `disk${index + 1}.vmdk`,
    sizeBytes: Math.floor(sizeBytes / facts.diskBytes.length),
    image: { format: 'vmdk' as const, virtualSizeBytes },
    text: '',
  }));
  return { sizeBytes, checksums: { ...checksumsOf(url), ...checksums }, image, damaged, members, inside };
}
