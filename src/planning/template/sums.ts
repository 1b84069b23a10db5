import type { DigestAlgorithm } from '../../domain/template/source';

/** A digest that a file of sums names. */
export interface NamedDigest {
  readonly algorithm: DigestAlgorithm;
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

/** `<hex>  name`, `<hex> *name` of sha256sum and sha512sum. */
const gnuLine = /^\\?([0-9a-fA-F]{64}|[0-9a-fA-F]{128})\s+\*?(\S.*?)\s*$/;
/** `SHA256 (name) = <hex>` of BSD's tools and of `sha256sum --tag`. */
const bsdLine = /^SHA(256|512) \((.+)\) = ([0-9a-fA-F]+)\s*$/;
/** A file of sums of one image may be nothing but the digest. */
const bareDigest = /^\s*([0-9a-fA-F]{64}|[0-9a-fA-F]{128})\s*$/;

/**
 * The digest of a file in the text of a SHA256SUMS or SHA512SUMS file, in GNU's or BSD's form; comments, other
 * digests and the frame of a clear-signed text are passed over. sha512 is taken where there are both. Undefined where
 * the file is not named, `contradictory` where it is with two different digests of one kind.
 */
export function digestIn(text: string, file: string): NamedDigest | 'contradictory' | undefined {
  const bare = bareDigest.exec(text)?.[1];
  if (bare !== undefined) return named(bare);
  const found = text
    .split('\n')
    .map((line) => readLine(line.replace(/^- /, '')))
    .filter((it) => it !== undefined && baseName(it.name) === file)
    .flatMap((it) => (it === undefined ? [] : [named(it.hex)]));
  for (const algorithm of ['sha512', 'sha256'] as const) {
    const digests = new Set(found.filter((it) => it.algorithm === algorithm).map(({ digest }) => digest));
    const [digest] = digests;
    if (digests.size > 1) return 'contradictory';
    if (digest !== undefined) return { algorithm, digest };
  }
  return undefined;
}

function readLine(line: string): { readonly name: string; readonly hex: string } | undefined {
  const bsd = bsdLine.exec(line);
  const [, bits, name = '', hex = ''] = bsd ?? [];
  if (bsd !== null) return hex.length * 4 === Number(bits) ? { name, hex } : undefined;
  const gnu = gnuLine.exec(line);
  return gnu === null ? undefined : { name: gnu[2] ?? '', hex: gnu[1] ?? '' };
}

function named(hex: string): NamedDigest {
  return { algorithm: hex.length === 128 ? 'sha512' : 'sha256', digest: hex.toLowerCase() };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
