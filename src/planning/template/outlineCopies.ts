import { ManagerError, problem } from '../../domain/errors';
import type { PlannedTemplateCopy } from '../../domain/templatePlan';
import { diskStorageOf, storageType } from './configurationOf';
import type { TemplatePlanInput } from './planInput';
import { nodesForCopies, planCopies } from './replicas';
import { importWay, type ImportWay } from './ways';

/** Where copies can be. */
export interface CopyOutline {
  readonly shared: boolean;
  /** The first one can fetch the image. */
  readonly nodes: readonly string[];
  /** The copies of some of these nodes; `replicate`: of a version in force, so none of them is the first. */
  readonly copies: (
    nodes: readonly string[],
    replicate: boolean,
  ) => readonly Omit<PlannedTemplateCopy, 'vmid'>[];
}

/** A compressed image unpacks to about so many times its size. */
const unpacks = 3;

/** Chooses nodes and ways. Throws InputInvalid where nobody has the storage, or nobody can fetch the image. */
export function outlineCopies(input: TemplatePlanInput): CopyOutline {
  const { source, request, recipe } = input;
  const storage = diskStorageOf(input);
  const { shared, nodes } = nodesForCopies(input.nodes, storage, request.nodes);
  const ways = new Map<string, ImportWay>(
    source.kind === 'machine'
      ? []
      : input.nodes.map((node) => [node.name, importWay(source, node, recipe.importStorage)] as const),
  );
  const builders = nodes.filter((node) => canBegin(input, node, ways));
  const all = shared ? candidates(input, storage).filter((node) => canBegin(input, node, ways)) : builders;
  const [first] = all;
  if (first === undefined) throw nobody(input, storage, nodes, ways);
  const ordered = shared ? [first] : [...builders, ...nodes.filter((node) => !builders.includes(node))];
  const diskBytes = diskBytesOf(input);

  return {
    shared,
    nodes: ordered,
    copies(chosen, replicate) {
      const imageBytes = source.kind === 'image' ? (source.sizeBytes ?? 0) : 0;
      const sizes = {
        imageBytes,
        diskBytes,
        usedBytes: Math.min(diskBytes, imageBytes * unpacks) || diskBytes,
      };
      const type = storageType(input.nodes, storage);
      const planned = planCopies(chosen, ways, sizes, type, { withFirst: !replicate });
      return planned.map((copy) => {
        const way = ways.get(copy.node);
        const built = copy.method === 'build' && way !== undefined && way.way !== 'none';
        return { ...copy, ...(built ? { import: shortened(way) } : {}) };
      });
    },
  };
}

/** Size of the template's disk: what the runbook enlarges it to, else a guess from the image. */
export function diskBytesOf({ source, recipe }: TemplatePlanInput): number {
  return recipe.diskBytes ?? (source.kind === 'image' ? (source.sizeBytes ?? 0) * unpacks : 0);
}

function candidates({ nodes, request }: TemplatePlanInput, storage: string): readonly string[] {
  return nodes
    .filter(({ name }) => request.nodes === undefined || request.nodes.includes(name))
    .filter((node) => node.storages.some((it) => it.storage === storage && it.usable))
    .map(({ name }) => name);
}

function canBegin(
  { source }: TemplatePlanInput,
  node: string,
  ways: ReadonlyMap<string, ImportWay>,
): boolean {
  return source.kind === 'machine' ? source.node === node : ways.get(node)?.way !== 'none';
}

function shortened(way: Exclude<ImportWay, { readonly way: 'none' }>) {
  return way.way === 'rest' ? { way: way.way, storage: way.storage } : { way: way.way };
}

function nobody(
  { request, nodes, source }: TemplatePlanInput,
  storage: string,
  able: readonly string[],
  ways: ReadonlyMap<string, ImportWay>,
): ManagerError {
  const attempted = `find a node to build ${request.name ?? request.runbook} on`;
  if (able.length === 0) {
    const asked = request.nodes ?? nodes.map(({ name }) => name);
    const failed = `the storage ${storage} is not usable on ${asked.join(', ')}`;
    const remedy = 'Set defaults.storage to one that is, or name other nodes.';
    return new ManagerError(problem('InputInvalid', { attempted, failed, remedy }));
  }
  if (source.kind === 'machine') {
    const failed = `VM ${source.vmid} is on ${source.node}, which is not among the nodes of the template`;
    return new ManagerError(problem('InputInvalid', { attempted, failed }));
  }
  const reasons = [...ways.values()].flatMap((way) => (way.way === 'none' ? [way] : []));
  return new ManagerError(
    problem('InputInvalid', {
      attempted,
      failed: reasons.map(({ because }) => because).join('; '),
      remedy: reasons[0]?.remedy ?? 'Name other nodes.',
    }),
  );
}
