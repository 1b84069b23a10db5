import { createHash } from 'node:crypto';

/** What a distribution says of an image in its file of checksums. */
export type SumsForm = (file: string, image: Buffer) => string;

/** The digest of some bytes, in hexadecimal. */
export function digestOf(algorithm: 'sha256' | 'sha512' | 'sha1', bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

const other = Buffer.from('another image');

/** `<hex>  name` a line, as sha512sum writes it; of several images. */
export const sha512sum: SumsForm = (file, image) =>
  `${digestOf('sha512', other)}  another-image.raw\n${digestOf('sha512', image)}  ${file}\n`;

/** `<hex>  name` a line, as sha256sum writes it. */
export const sha256sum: SumsForm = (file, image) => `${digestOf('sha256', image)}  ${file}\n`;

/** `<hex> *name` a line, as Ubuntu has it. */
export const binarySums: SumsForm = (file, image) =>
  `${digestOf('sha256', other)} *another.tar.gz\n${digestOf('sha256', image)} *${file}\n`;

/** BSD's form with a comment before each line, as Rocky Linux has it. */
export const bsdSums: SumsForm = (file, image) =>
  `# ${file}: ${image.length} bytes\nSHA256 (${file}) = ${digestOf('sha256', image)}\n`;

/** BSD's form in a clear-signed text, as Fedora has it. */
export const clearSignedSums: SumsForm = (file, image) =>
  [
    ...['-----BEGIN PGP SIGNED MESSAGE-----', 'Hash: SHA256', '', bsdSums(file, image).trimEnd()],
    ...['-----BEGIN PGP SIGNATURE-----', '', 'iQIzBAEBCAAdFiEE', '-----END PGP SIGNATURE-----', ''],
  ].join('\n');

/** Nothing but the digest, as Alpine has it. */
export const bareSum: SumsForm = (_file, image) => `${digestOf('sha512', image)}\n`;

/** Several digests of one image under headings, as Flatcar has them. */
export const headedSums: SumsForm = (file, image) =>
  (['sha1', 'sha512'] as const)
    .map((it) => `# ${it.toUpperCase()} HASH\n${digestOf(it, image)}  ${file}\n`)
    .join('');
