/**
 * All texts and bytes within a value, one after the other: of a decoded protocol buffer these are its strings and
 * the data of its payloads, as they were before base64.
 */
export function contentsOf(value: unknown): Buffer {
  return Buffer.concat([...partsOf(value)].flatMap((part) => [part, newline]));
}

const newline = Buffer.from('\n');

function* partsOf(value: unknown): Generator<Buffer> {
  if (typeof value === 'string') yield Buffer.from(value);
  else if (value instanceof Uint8Array) yield Buffer.from(value);
  else if (Array.isArray(value)) for (const item of value) yield* partsOf(item);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      yield Buffer.from(key);
      yield* partsOf(inner);
    }
  }
}
