import { present } from '../../config/present';
import type { BuildNode } from './facts';
import { desiredConfiguration } from './configuration';
import { deviationsOf } from './deviations';
import type { TemplatePlanInput } from './planInput';
import type { DesiredConfiguration } from './wishes';

/**
 * What the virtual machine will be: what the conventions want, or what the runbook's steps make of it, with every
 * difference named.
 */
export function configurationOf(input: TemplatePlanInput): DesiredConfiguration {
  const { recipe, conventions, sshKeys } = input;
  const storage = diskStorageOf(input) || undefined;
  const convention = conventions.defaults.storage ?? storage;
  const desired = desiredConfiguration({
    imageType: recipe.imageType,
    defaults: present({ ...conventions.defaults, storage: convention }),
    tags: conventions.tags,
    cloudinit: conventions.cloudinit,
    purposes: recipe.purposes,
    machine: recipe.machine,
    storageType: storageType(input.nodes, storage ?? ''),
    sshKeys,
    ...(conventions.cloudinit.vendorSnippetPath === undefined
      ? {}
      : { vendorSnippet: conventions.cloudinit.vendorSnippetPath }),
  });
  return {
    parameters: recipe.made,
    deviations: [
      ...desired.deviations,
      ...deviationsOf(recipe.made, desired.parameters, recipe.runbook.name),
    ],
  };
}

/** The storage of the template's disks: the runbook's, else that of the conventions. */
export function diskStorageOf({
  recipe,
  conventions,
}: Pick<TemplatePlanInput, 'recipe' | 'conventions'>): string {
  return recipe.storage ?? conventions.defaults.storage ?? '';
}

/** The type of a storage, as any node that sees it says. */
export function storageType(nodes: readonly BuildNode[], storage: string): string {
  return nodes.flatMap((node) => node.storages).find((it) => it.storage === storage)?.type ?? 'unknown';
}
