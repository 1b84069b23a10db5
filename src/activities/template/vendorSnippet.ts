import type { TemplateRequest } from '../../domain/templatePlan';
import type { TemplateRecipe } from '../../planning/template/recipe';
import { storageDefinitions } from '../../proxmox/api/storageDefinitions';
import type { TemplateDependencies } from './dependencies';

/** The volume of the vendor snippet that the conventions ask for, or why there is none. */
export async function vendorSnippet(
  { client, config }: Pick<TemplateDependencies, 'client' | 'config'>,
  request: TemplateRequest,
  { imageType, machine }: TemplateRecipe,
  signal: AbortSignal,
): Promise<{ readonly volume?: string; readonly warnings: readonly string[] }> {
  const folder = config.conventions.cloudinit.vendorSnippetPath?.replace(/\/+$/, '');
  if (folder === undefined || !(machine.readsCloudinit ?? imageType === 'cloudinit')) return { warnings: [] };
  const definitions = await storageDefinitions(client, { signal });
  const holder = definitions.find(
    ({ path, content }) =>
      path !== undefined && content.includes('snippets') && folder === `${path}/snippets`,
  );
  if (holder === undefined) {
    const text = `No storage with the content snippets has the folder ${folder} (cloudinit.vendor_snippet_path): the machines get no vendor data.`;
    return { warnings: [text] };
  }
  return {
    volume: `${holder.storage}:snippets/${request.name ?? request.runbook}-vendor.yaml`,
    warnings: [],
  };
}
