import { ManagerError, problem } from '../../../domain/errors';
import type { ImageFile, ImageType, SourceRequest } from '../../../domain/template/source';
import { imageNameOf } from '../../../planning/template/imageName';
import { digestIn, type NamedDigest } from '../../../planning/template/sums';
import { absolutePath } from '../../../config/resolve';
import { fetchText, unusable } from './fetchText';
import { verifySignature, type SigningKey } from './signature';

/** How a source is resolved. */
export interface ResolveOptions {
  readonly imageType: ImageType;
  /** Folder that a relative path of a key is relative to. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Finds out the digest of an image before anything is downloaded. Throws InputInvalid for a source that says too
 * little or may hold a secret, SourceUnusable where the sums can't be fetched or verified or do not name the image.
 */
export async function resolveImage(
  source: SourceRequest,
  { imageType, folder, signal }: ResolveOptions,
): Promise<ImageFile> {
  const url = requirePublic(source.url);
  const name = imageNameOf(url, imageType);
  if (name === undefined) {
    throw invalid(`the name of ${url} does not end in .qcow2, .img, .raw, .vmdk, .ova or .iso`);
  }
  const found = await digestOf(source, url, name.file, folder, signal);
  const compression = source.compression ?? name.compression;
  return {
    kind: 'image',
    url,
    ...found,
    format: name.format,
    ...(compression === undefined ? {} : { compression }),
  };
}

type Vouched = Pick<ImageFile, 'algorithm' | 'digest' | 'vouchedBy' | 'signedBy'>;

async function digestOf(
  source: SourceRequest,
  url: string,
  file: string,
  folder: string,
  signal: AbortSignal,
): Promise<Vouched> {
  const written = /^(sha256|sha512):([0-9a-f]+)$/i.exec(source.checksum ?? '')?.[2];
  if (written !== undefined) {
    const algorithm = written.length === 128 ? 'sha512' : 'sha256';
    return { algorithm, digest: written.toLowerCase(), vouchedBy: 'runbook' };
  }
  if (source.checksums === undefined) {
    throw invalid(`nothing says which digest ${url} has`, 'Write checksums: or checksum: into source:.');
  }
  const sumsUrl = requirePublic(source.checksums);
  const text = await fetchText(sumsUrl, 'the checksums', signal);
  const signed = await signedText(source, sumsUrl, text, folder, signal);
  const digest = named(digestIn(signed?.text ?? text, file), file, sumsUrl);
  return signed === undefined
    ? { ...digest, vouchedBy: 'sums' }
    : { ...digest, vouchedBy: 'signed sums', signedBy: signed.signedBy };
}

async function signedText(
  { signature, key }: SourceRequest,
  sumsUrl: string,
  text: string,
  folder: string,
  signal: AbortSignal,
) {
  if (key === undefined) {
    if (signature === undefined) return undefined;
    throw invalid('there is a signature but no key', 'Write key: into source:, or leave signature: out.');
  }
  const detached =
    signature === undefined
      ? {}
      : { signature: await fetchText(requirePublic(signature), 'the signature', signal) };
  return verifySignature({ name: sumsUrl, text, ...detached, key: keyOf(key, folder) }, signal);
}

function keyOf(key: string, folder: string): SigningKey {
  const digits = key.replaceAll(' ', '');
  return /^(0x)?([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/.test(digits)
    ? { fingerprint: digits }
    : { file: absolutePath(key, folder) };
}

function named(found: ReturnType<typeof digestIn>, file: string, sumsUrl: string): NamedDigest {
  const attempted = `find the digest of ${file} in ${sumsUrl}`;
  if (found === undefined) {
    throw unusable(
      attempted,
      'the file of checksums does not name it',
      'Check url: and checksums: in source:.',
    );
  }
  if (found === 'contradictory') {
    throw unusable(
      attempted,
      'it has two different digests there',
      'Do not use the image; ask its publisher.',
    );
  }
  return found;
}

/** URLs get into task logs and histories: what may be a secret in one is refused. */
function requirePublic(url: string | undefined): string {
  if (url === undefined || !/^https?:/i.test(url) || !URL.canParse(url)) {
    throw invalid('its url is no http or https address');
  }
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw invalid(
      'its url has a user name, a query or a fragment, which Proxmox would print in its task log',
      'Use an address without them.',
    );
  }
  return parsed.href;
}

function invalid(failed: string, remedy?: string): ManagerError {
  return new ManagerError(
    problem('InputInvalid', {
      attempted: 'find the image of a template',
      failed,
      ...(remedy === undefined ? {} : { remedy }),
    }),
  );
}
