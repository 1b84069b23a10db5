import { dirname } from 'node:path';
import { ManagerError, problem } from '../../../domain/errors';
import type { ImageFile, TemplateSource } from '../../../domain/template/source';
import type { BuildNode } from '../../../planning/template/facts';
import { recipeOfMachine } from '../../../planning/template/machineRecipe';
import type { TemplateRecipe } from '../../../planning/template/recipe';
import { qemuConfig } from '../../../proxmox/api/guests';
import { urlMetadata } from '../../../proxmox/api/images';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import type { TemplateDependencies } from '../dependencies';
import type { TemplateFacts } from '../look';
import { unusable } from './fetchText';
import { resolveImage } from './resolveImage';

/** What a template is made from, and the recipe as it is with that. */
export interface ResolvedSource {
  readonly source: TemplateSource;
  readonly recipe: TemplateRecipe;
}

/** Finds out what a template is made from: an image with its digest and size, or a virtual machine. */
export async function resolveSource(
  { client, config }: Pick<TemplateDependencies, 'client' | 'config'>,
  recipe: TemplateRecipe,
  { places, nodes }: TemplateFacts,
  signal: AbortSignal,
): Promise<ResolvedSource> {
  const { source, imageType } = recipe;
  if (source.vmid !== undefined) return machineSource(client, recipe, source.vmid, places, { signal });
  const image = await resolveImage(source, { imageType, folder: dirname(config.file), signal });
  const asked = nodes.find(({ online }) => online);
  return {
    source: asked === undefined ? image : await withSize(client, image, asked, { signal }),
    recipe,
  };
}

async function machineSource(
  client: ProxmoxClient,
  recipe: TemplateRecipe,
  vmid: number,
  places: TemplateFacts['places'],
  options: CallOptions,
): Promise<ResolvedSource> {
  const place = places.get(vmid);
  const attempted = `look at VM ${vmid}, which the template is to be made of`;
  if (place === undefined) {
    throw new ManagerError(problem('GuestNotFound', { attempted, failed: 'the cluster has no such guest' }));
  }
  const { digest, keys } = await qemuConfig(client, place, options);
  if (digest === undefined) {
    throw new ManagerError(
      problem('AnswerUnreadable', { attempted, failed: 'its configuration has no digest' }),
    );
  }
  return {
    source: { kind: 'machine', vmid, node: place.node, digest },
    recipe: recipeOfMachine(recipe, keys),
  };
}

/** A node looks at the image, as it will when it downloads it: what is in its way is known before approval. */
async function withSize(
  client: ProxmoxClient,
  image: ImageFile,
  { name: node }: BuildNode,
  options: CallOptions,
): Promise<ImageFile> {
  try {
    const { sizeBytes } = await urlMetadata(client, { node, url: image.url }, options);
    return sizeBytes === undefined ? image : { ...image, sizeBytes };
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    if (error.code === 'NotImplemented') return image;
    const said = error.problem.proxmoxSaid ?? '';
    if (error.code !== 'ProxmoxFailed' || !said.includes('invalid server response')) throw error;
    throw unusable(
      `look at ${image.url} from ${node}`,
      said.trim(),
      / [45]\d\d .*not found/i.test(said) || said.includes('404')
        ? 'Check url: in the source of the runbook; releases move.'
        : `Let ${node} reach the server (proxy, DNS, firewall, CA certificates), or name a mirror that it reaches.`,
    );
  }
}
