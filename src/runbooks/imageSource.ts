import { ManagerError, problem } from '../domain/errors';
import type { RunValue } from '../domain/runbook/values';
import type { FrontMatter } from './frontMatter/schema';

/** The image of a template, found out before the runbook is rendered. */
export interface ImageSource {
  readonly url: string;
  readonly algorithm: 'sha256' | 'sha512';
  /** Hexadecimal. */
  readonly digest: string;
}

const names = ['source_url', 'source_algorithm', 'source_digest'] as const;

/** The names that a runbook with a `source:` has besides its parameters. */
export function sourceNames({ source }: FrontMatter): readonly string[] {
  return source === undefined ? [] : names;
}

/**
 * The values of these names. Without a found image the front matter has to have both url and checksum. Throws
 * ManagerError `InputInvalid` otherwise.
 */
export function sourceValues(
  frontMatter: FrontMatter,
  found: ImageSource | undefined,
): Readonly<Record<string, RunValue>> {
  if (frontMatter.source === undefined) return {};
  const image = found ?? written(frontMatter);
  if (image !== undefined) {
    return { source_url: image.url, source_algorithm: image.algorithm, source_digest: image.digest };
  }
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `find the image of ${frontMatter.name}`,
      failed: 'its source: has no checksum, and the file of checksums was not read',
      remedy: 'Make it with pxm template create, which reads the checksums, or write checksum: into source:.',
    }),
  );
}

function written({ source }: FrontMatter): ImageSource | undefined {
  const [algorithm, digest] = source?.checksum?.split(':') ?? [];
  if (source?.url === undefined || digest === undefined) return undefined;
  return {
    url: source.url,
    algorithm: algorithm === 'sha512' ? 'sha512' : 'sha256',
    digest: digest.toLowerCase(),
  };
}
