import type { TemplateSource } from '../../domain/template/source';
import { hashOf } from '../planHash';
import type { TemplateRecipe } from './recipe';

/** The digest of a source, as the marker has it. */
export function digestOf(source: TemplateSource): string {
  return source.kind === 'image' ? `${source.algorithm}:${source.digest}` : `sha1:${source.digest}`;
}

/** The source of a template, as the marker names it. */
export function sourceName(source: TemplateSource): string {
  return source.kind === 'image' ? source.url : `vm/${source.vmid}`;
}

/**
 * sha256 (hex) of what makes two builds of one image and one runbook different: the runbook's parameters and the
 * configuration that is wanted, without where the image lies meanwhile.
 */
export function settingsHash(
  { parameters, machine }: TemplateRecipe,
  configuration: Readonly<Record<string, string>>,
): string {
  const { scsi0 = '', ...rest } = configuration;
  return hashOf({
    parameters,
    machine: { ...machine },
    configuration: { ...rest, scsi0: scsi0.replace(/,import-from=[^,]*/, '') },
  });
}
