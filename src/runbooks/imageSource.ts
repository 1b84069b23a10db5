import { ManagerError, problem } from '../domain/errors';
import { textOf, type RunValue } from '../domain/runbook/values';
import { filledSource, type FilledSource } from './filledSource';
import type { FrontMatter } from './frontMatter/schema';

/** The virtual machine that a template is made of. */
export interface MachineSource {
  readonly vmid: number;
  readonly node: string;
}

/** The image of a template, found out before the runbook is rendered. */
export interface ImageSource {
  readonly url: string;
  readonly algorithm: 'sha256' | 'sha512';
  /** Hexadecimal. */
  readonly digest: string;
}

const imageNames = ['source_url', 'source_algorithm', 'source_digest'] as const;
const machineNames = ['source_vmid', 'source_node'] as const;

/** The names that a runbook with a `source:` has besides its parameters. */
export function sourceNames({ source }: FrontMatter): readonly string[] {
  if (source === undefined) return [];
  return source.vmid === undefined ? imageNames : machineNames;
}

/**
 * The values of these names. Without a found image the front matter has to have both url and checksum; a virtual
 * machine that was not found is that of the parameter `node`. Throws ManagerError `InputInvalid` otherwise.
 */
export function sourceValues(
  frontMatter: FrontMatter,
  found: ImageSource | MachineSource | undefined,
  parameters: Readonly<Record<string, RunValue>>,
): Readonly<Record<string, RunValue>> {
  if (frontMatter.source === undefined) return {};
  const source = found ?? written(filledSource(frontMatter.source, parameters), parameters);
  if (source !== undefined && 'vmid' in source) {
    return { source_vmid: String(source.vmid), source_node: source.node };
  }
  if (source !== undefined) {
    return { source_url: source.url, source_algorithm: source.algorithm, source_digest: source.digest };
  }
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `find the image of ${frontMatter.name}`,
      failed: 'its source: has no checksum, and no file of checksums was read',
      remedy:
        'Write into source: where the image is, and its checksum: or the file of checksums: that names it.',
    }),
  );
}

function written(
  { vmid, url, checksum }: FilledSource,
  { node }: Readonly<Record<string, RunValue>>,
): ImageSource | MachineSource | undefined {
  if (vmid !== undefined) return { vmid, node: textOf(node ?? '') };
  const [algorithm, digest] = checksum?.split(':') ?? [];
  if (url === undefined || digest === undefined) return undefined;
  return { url, algorithm: algorithm === 'sha512' ? 'sha512' : 'sha256', digest: digest.toLowerCase() };
}
