import { ManagerError, problem } from '../../domain/errors';
import type { KeptCopy, PlannedRetirement, TemplateCopy, TemplatePlan } from '../../domain/templatePlan';
import { hashOf } from '../planHash';
import type { TemplatePlanInput } from './planInput';
import { leftoversOf, retirements, versionsOf, type TemplateVersion } from './versions';

/** Older versions that stay besides the one in force. */
const keptByDefault = 1;

/** What a plan that only retires starts from. */
export type RetirementInput = Omit<
  TemplatePlanInput,
  'recipe' | 'source' | 'files' | 'conventions' | 'sshKeys'
>;

/** Which older copies go, and which stay although they are old enough to go. */
export function olderOf(
  { request, volumes, guests, operation, run }: RetirementInput,
  older: readonly TemplateVersion[],
): { readonly retires: readonly PlannedRetirement[]; readonly keeps: readonly KeptCopy[] } {
  const due = retirements(older, request.keep ?? keptByDefault, volumes);
  const leftovers = leftoversOf(request.name ?? request.runbook, guests, { operation, run });
  const unfinished: PlannedRetirement[] = leftovers.map(({ vmid, node, name, marker, volumes: own }) => ({
    ...{ vmid, node, name, volumes: own },
    unfinished: { kind: marker.kind, run: marker.run },
  }));
  const old: PlannedRetirement[] = due
    .filter(({ linkedClones }) => linkedClones.length === 0)
    .map(({ guest, generation }) => ({ ...copyOf(guest, generation), volumes: guest.volumes }));
  const keeps: KeptCopy[] = due
    .filter(({ linkedClones }) => linkedClones.length > 0)
    .map(({ guest, generation, linkedClones }) => ({
      ...copyOf(guest, generation),
      because: `linked clones depend on it: ${linkedClones.join(', ')}`,
    }));
  return { retires: [...unfinished, ...old], keeps };
}

/** A guest as a copy of a version. */
export function copyOf(
  { vmid, node, name }: Pick<TemplateCopy, 'vmid' | 'node' | 'name'>,
  generation: number,
): TemplateCopy {
  return { vmid, node, name, generation };
}

/** Plans the deletion of older versions only. Throws NotFound where no version of the name is in force. */
export function planRetirement(input: RetirementInput): TemplatePlan {
  const { request, cluster, guests } = input;
  const name = request.name ?? request.runbook;
  const versions = versionsOf(name, guests);
  const [inForce] = versions;
  const marker = inForce?.copies[0]?.marker;
  if (inForce === undefined || marker === undefined) {
    throw new ManagerError(
      problem('NotFound', {
        attempted: `retire older versions of the template ${name}`,
        failed: `no template of this name is in force in ${cluster}`,
        remedy: 'pxm template list shows those there are.',
      }),
    );
  }
  const { retires, keeps } = olderOf(input, versions.slice(1));
  const todo = retires.length > 0 ? ('retire' as const) : ('nothing' as const);
  const decided = {
    ...{ operation: 'createTemplate' as const, cluster, name, todo, generation: inForce.generation },
    ...{ buildName: '', runbook: { name: marker.runbook, sha256: marker.runbookHash } },
    ...{ settings: marker.settings, copies: [], retires },
  };
  return {
    ...decided,
    hash: hashOf(decided),
    madeAt: input.madeAt.toISOString(),
    because:
      todo === 'retire'
        ? `${retires.length} ${retires.length === 1 ? 'guest is' : 'guests are'} older than what is kept, or unfinished`
        : keeps.length > 0
          ? 'what is older than what is kept has to stay'
          : 'no older version is beyond those that are kept',
    ...{ files: [], builds: [], asksBefore: [], nodes: [], product: input.product },
    ...{ configuration: {}, deviations: [], reservations: [], roomBytes: {} },
    inForce: inForce.copies.map((guest) => copyOf(guest, inForce.generation)),
    keeps,
    times: input.times,
    warnings: input.warnings,
  };
}
