import type { FileFacts } from './file-facts';

/** Compressions that a node can unpack while it downloads. */
export type Compression = 'gz' | 'lzo' | 'zst' | 'bz2';

/** A file that has arrived. */
export interface ReceivedFile {
  /** As it came. */
  readonly file: FileFacts;
  /** Unpacked, if that was asked for. */
  readonly unpacked: FileFacts | undefined;
  /** How many bytes came before the connection broke off; undefined: all. */
  readonly brokenOffAtBytes: number | undefined;
}

/** A web server's answer: its headers, and how to get the file. */
export interface WebAnswer {
  readonly status: number;
  readonly reason: string;
  readonly sizeBytes: number | undefined;
  readonly mimeType: string | undefined;
  /** Where a redirection leads. */
  readonly location: string | undefined;
  readonly bytesPerSecond: number | undefined;
  receive(compression: Compression | undefined): Promise<ReceivedFile>;
}

/** Why there is no answer. */
export type NoAnswer = 'connection refused' | 'name not resolved' | 'certificate not trusted' | 'no answer';

/** Thrown where a server could not be asked. */
export class NotReached extends Error {
  constructor(readonly why: NoAnswer) {
    super(why);
    this.name = 'NotReached';
  }
}

/** How a URL is asked. */
export interface WebRequest {
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  readonly verifyCertificates: boolean;
  /** Ends the request. */
  readonly signal: AbortSignal;
}
