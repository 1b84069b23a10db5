import type { Readable } from 'node:stream';

import { Secret } from '../../domain/secret';
import type { Redaction } from '../../programs/redaction';

/**
 * What a command wrote to one of its streams. It can hold what must not be seen (a new token's value), so it prints
 * as its size only; the content is asked for by name.
 */
export class CommandOutput {
  readonly #bytes: Buffer;
  /** Whether more was written than is kept, or the connection was cut before the end. */
  readonly truncated: boolean;

  constructor(bytes: Buffer, truncated: boolean) {
    this.#bytes = bytes;
    this.truncated = truncated;
  }

  /** The bytes as they came, the given secrets cut out. */
  bytes(): Buffer {
    return this.#bytes;
  }

  /** As UTF-8, without the line ends at the end. */
  text(): string {
    return this.#bytes.toString('utf8').replace(/(?:\r?\n)+$/, '');
  }

  /** The text as a secret, e.g. the answer of `pveum user token add`. */
  secret(): Secret {
    return new Secret(this.text());
  }

  toJSON(): string {
    return `[${this.#bytes.length} bytes]`;
  }

  toString(): string {
    return this.toJSON();
  }

  /** What `console.log` and `util.inspect` show (the symbol is Node's public one for this purpose). */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toJSON();
  }
}

/** Collects a stream up to a limit and reads on beyond it, so that the command is not held up. */
export interface OutputCollector {
  result(wasCut: boolean): CommandOutput;
}

/** Starts to collect. */
export function collectOutput(stream: Readable, limitBytes: number, redaction: Redaction): OutputCollector {
  const kept: Buffer[] = [];
  const mostKeptBytes = limitBytes + redaction.overlapBytes;
  let keptBytes = 0;
  let seenBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    seenBytes += chunk.length;
    if (keptBytes >= mostKeptBytes) return;
    const part = chunk.subarray(0, mostKeptBytes - keptBytes);
    kept.push(part);
    keptBytes += part.length;
  });
  return {
    result: (wasCut) =>
      new CommandOutput(redaction.redact(Buffer.concat(kept), limitBytes), wasCut || seenBytes > limitBytes),
  };
}
