import { ManagerError, problem } from '../../domain/errors';
import type { PlannedTemplateCopy } from '../../domain/templatePlan';
import type { StorageView } from './facts';
import type { TemplatePlanInput } from './planInput';

/** A content that the machine's configuration asks of a storage. */
interface ContentNeed {
  readonly storage: string;
  readonly content: 'images' | 'snippets';
}

/**
 * Throws InputInvalid where a storage that the machine's requests name is missing on a node that builds, or does
 * not take what they put there: Proxmox would say so only after the image was downloaded.
 */
export function requireContents(
  { recipe, request, nodes }: TemplatePlanInput,
  copies: readonly Placed[],
): void {
  const faults = allFaults({ recipe, nodes }, copies.filter(isBuilt));
  const [first] = faults;
  if (first === undefined) return;
  const given = Object.entries(recipe.parameters)
    .filter(([, value]) => value === first.need.storage)
    .map(([name]) => name);
  const other = given.length === 0 ? 'in the runbook' : `by its parameter ${given.join(' or ')}`;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `plan the template ${request.name ?? request.runbook}`,
      failed: faults.map(({ text }) => text).join('; '),
      remedy: `${first.remedy}, or name another storage ${other}.`,
    }),
  );
}

/** The same of nodes that get a clone of the first copy: it comes there all the same, and lacks what it needs to start. */
export function contentWarnings(
  input: Pick<TemplatePlanInput, 'recipe' | 'nodes'>,
  copies: readonly Placed[],
): readonly string[] {
  const moved = copies.filter((copy) => !isBuilt(copy));
  return allFaults(input, moved).map(
    ({ text, remedy }) => `${capital(text)}: clones do not start there. ${remedy}.`,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

type Placed = Pick<PlannedTemplateCopy, 'node' | 'method'>;

function isBuilt({ method }: Placed): boolean {
  return method === 'build';
}

function allFaults(
  { recipe, nodes }: Pick<TemplatePlanInput, 'recipe' | 'nodes'>,
  copies: readonly Placed[],
) {
  const needs = needsOf(recipe.made);
  return copies.flatMap(({ node }) => {
    const storages = nodes.find(({ name }) => name === node)?.storages ?? [];
    return needs.flatMap((need) => faultsOf(node, storages, need));
  });
}

function needsOf(made: Readonly<Record<string, string>>): readonly ContentNeed[] {
  const needs = Object.values(made).flatMap((value): ContentNeed[] => {
    const snippets = [...value.matchAll(/(?:^|[=,])([A-Za-z][\w.-]*):snippets\//g)];
    const disk = /^([A-Za-z][\w.-]*):(?:\d+|cloudinit)(?:,|$)/.exec(value);
    return [
      ...snippets.flatMap(([, storage]) => needOf(storage, 'snippets')),
      ...needOf(disk?.[1], 'images'),
    ];
  });
  return needs.filter(
    (it, at) => needs.findIndex((one) => one.storage === it.storage && one.content === it.content) === at,
  );
}

function needOf(storage: string | undefined, content: ContentNeed['content']): ContentNeed[] {
  return storage === undefined ? [] : [{ storage, content }];
}

function faultsOf(node: string, storages: readonly StorageView[], need: ContentNeed) {
  const { storage, content } = need;
  const seen = storages.find((it) => it.storage === storage);
  if (seen?.usable !== true) {
    const text = `the storage ${storage}, which is to take ${content}, is not usable on ${node}`;
    return [{ need, text, remedy: `Make ${storage} available on ${node} (Datacenter, Storage)` }];
  }
  if (seen.content.includes(content)) return [];
  const text = `the storage ${storage} of ${node} does not take the content ${content}`;
  return [{ need, text, remedy: `Add ${content} to the content of ${storage} (Datacenter, Storage, Edit)` }];
}
