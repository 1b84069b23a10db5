import { dirname } from 'node:path';
import { clusterResources } from '../../proxmox/api/cluster';
import type { TemplateCheck, TemplateCheckArguments } from './contract';
import type { TemplateDependencies } from './dependencies';
import { resolveImage } from './source/resolveImage';
import { tasksBefore } from './steps/known';

/**
 * Whether an approved plan still holds, with few requests: the runbook is the same, the image is, nobody has taken its
 * VMIDs, and where it only deletes, what is in force is there: an older version could be the last one else. What else
 * could have changed each step sees for itself.
 */
export async function checkTemplatePlan(
  dependencies: TemplateDependencies,
  signal: AbortSignal,
  { request, plan }: TemplateCheckArguments,
): Promise<TemplateCheck> {
  const { client } = dependencies;
  const guests = await clusterResources(client, 'vm', { signal });
  const wanted = [...plan.copies, ...(plan.bootTest === undefined ? [] : [plan.bootTest])];
  const taken = wanted.flatMap(({ vmid }) => guests.filter((guest) => guest.vmid === vmid));
  // Of a plan with copies these come into force first.
  const lost = (plan.copies.length === 0 ? plan.inForce : []).filter(
    ({ vmid, node }) => !guests.some((guest) => guest.vmid === vmid && guest.node === node),
  );
  const changes = [
    ...lost.map(
      ({ vmid, node, generation }) =>
        `VM ${vmid} on ${node}, version ${generation}, was in force and is not there any more.`,
    ),
    ...taken.map(({ vmid, node }) => `VMID ${vmid} was taken meanwhile, by a guest on ${node}.`),
    ...(plan.copies.some(({ method }) => method === 'build')
      ? await sourceChanges(dependencies, signal, { request, plan })
      : []),
  ];
  return { changes, knownTasks: await tasksBefore(client, plan, signal) };
}

async function sourceChanges(
  { config, readRunbook }: TemplateDependencies,
  signal: AbortSignal,
  { request, plan: { files, source } }: TemplateCheckArguments,
): Promise<readonly string[]> {
  const { recipe, files: now } = await readRunbook(request);
  const changed = now.filter(({ name, sha256 }) => files.find((it) => it.name === name)?.sha256 !== sha256);
  const texts = changed.map(({ name }) => `The file of the runbook ${name} has changed.`);
  if (source?.kind !== 'image' || changed.length > 0) return texts;
  const folder = dirname(config.file);
  const image = await resolveImage(recipe.source, { imageType: recipe.imageType, folder, signal });
  return image.digest === source.digest && image.url === source.url
    ? []
    : [`The image has changed: ${image.url} is ${image.algorithm}:${image.digest.slice(0, 12)} now.`];
}
