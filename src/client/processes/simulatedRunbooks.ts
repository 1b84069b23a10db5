import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { listRunbooks, ownFolder, shippedFolder } from '../../runbooks/catalogue';
import type { SimulatorReady } from './simulatedCluster';

/** An image at an address that only the simulated nodes know. */
type SimulatedImage = NonNullable<SimulatorReady['images']>[number];

/**
 * Writes the runbooks whose images the simulated nodes can download beside the configuration: shipped ones, with the
 * image's address and digest in the place of the distribution's. One that is there already is left as it is: somebody may
 * have edited it. Returns their names.
 */
export function writeSimulatedRunbooks(
  configFolder: string,
  images: readonly SimulatedImage[],
): readonly string[] {
  const folder = ownFolder(configFolder);
  const written = listRunbooks(shippedFolder).flatMap(({ name, file }) => {
    const text = readFileSync(file, 'utf8');
    const image = images.find(({ url }) => text.includes(`/${basename(url)}\n`));
    return image === undefined ? [] : [{ name, text: withImage(text, image) }];
  });
  if (written.length > 0) mkdirSync(folder, { recursive: true });
  for (const { name, text } of written) {
    const file = join(folder, `${name}.md`);
    if (!existsSync(file)) writeFileSync(file, text);
  }
  return written.map(({ name }) => name);
}

/** A runbook with another source. */
export function withImage(text: string, { url, sha512 }: SimulatedImage): string {
  const source = { url, checksum: `sha512:${sha512}` };
  return text.replace(/^source:\n(?: {2}.*\n)+/m, () => stringify({ source }, { lineWidth: 0 }));
}
