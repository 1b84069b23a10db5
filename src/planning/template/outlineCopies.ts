import { ManagerError, problem } from '../../domain/errors';
import type { MachineSource } from '../../domain/template/source';
import type { PlannedTemplateCopy } from '../../domain/templatePlan';
import { diskStorageOf, storageType } from './configurationOf';
import type { TemplatePlanInput } from './planInput';
import type { BuildNode } from './facts';
import { nodesForCopies, planCopies, type PlannedCopy } from './replicas';
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
  const ways = new Map(
    input.nodes.map((node) => [
      node.name,
      source.kind === 'machine' ? wayOfMachine(source, node) : importWay(source, node, recipe.importStorage),
    ]),
  );
  const builders = nodes.filter((node) => ways.get(node)?.way !== 'none');
  const [first] = builders;
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
      return planned.map((copy) => ({ ...copy, ...importOf(copy, ways.get(copy.node)) }));
    },
  };
}

/** Size of the template's disk: what the runbook enlarges it to, else a guess from the image. */
export function diskBytesOf({ source, recipe }: TemplatePlanInput): number {
  return recipe.diskBytes ?? (source.kind === 'image' ? (source.sizeBytes ?? 0) * unpacks : 0);
}

function wayOfMachine({ vmid, node }: MachineSource, { name }: BuildNode): ImportWay {
  if (name === node) return { way: 'here' };
  const because = `VM ${vmid} is on ${node}`;
  return { way: 'none', because, remedy: `Name ${node} among the nodes of the template.` };
}

/** How the image comes to a copy that is built; nothing comes to one that is cloned. */
function importOf(copy: PlannedCopy, way: ImportWay | undefined): Pick<PlannedTemplateCopy, 'import'> {
  if (copy.method === 'migrate' || way === undefined) return {};
  if (way.way === 'rest') return { import: { way: 'rest', storage: way.storage } };
  return way.way === 'ssh' ? { import: { way: 'ssh' } } : {};
}

function nobody(
  { request, nodes }: TemplatePlanInput,
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
  const reasons = able
    .map((node) => ways.get(node) ?? { way: 'here' as const })
    .flatMap((way) => (way.way === 'none' ? [way] : []));
  return new ManagerError(
    problem('InputInvalid', {
      attempted,
      failed: reasons.map(({ because }) => because).join('; '),
      remedy: reasons[0]?.remedy ?? 'Name other nodes.',
    }),
  );
}
