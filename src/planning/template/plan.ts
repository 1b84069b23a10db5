import type { TemplateMarker } from '../../domain/template/marker';
import type { MarkedGuest } from './facts';
import type {
  PlannedBuild,
  PlannedRetirement,
  PlannedTemplateCopy,
  TemplatePlan,
} from '../../domain/templatePlan';
import { hashOf } from '../planHash';
import { destructionOf, whatIsDone } from '../runbook/plan';
import { buildNameOf } from './buildName';
import { buildOf, withMarkerFrom } from './builds';
import { configurationOf } from './configurationOf';
import { printMarker } from './marker';
import { outlineCopies } from './outlineCopies';
import { contentWarnings, requireContents } from './contents';
import { requireGrowth } from './growth';
import type { TemplatePlanInput } from './planInput';
import type { TemplateRunbook } from './recipe';
import { everyNodeWarnings, runsOnEveryNode } from './everyNode';
import { reservationsOf } from './reservations';
import { copyOf, olderOf } from './retire';
import { digestOf, settingsHash, sourceName } from './settings';
import { withOwnSnippets } from './snippets';
import { templateTodo } from './todo';
import { namesakesOf, unfinishedOf, versionsOf } from './versions';

/** VMIDs that a plan needs. */
export interface WantedVmids {
  /** One for each node that gets a copy, in the plan's order. */
  readonly copies: readonly string[];
  readonly bootTest: boolean;
}

/** A plan without VMIDs: they are leased once it is known which are needed. */
export interface TemplateOutline {
  readonly wanted: WantedVmids;
  /** The plan with these VMIDs; `bootTest` is needed where it was wanted. `fill` gives the runbook's steps for a copy. */
  readonly withVmids: (
    vmids: { readonly copies: readonly number[]; readonly bootTest?: number },
    fill: TemplateRunbook['fill'],
  ) => TemplatePlan;
}

/**
 * Plans a template. Pure. Throws ConfigInvalid without a storage for disks, and InputInvalid where no node can build.
 */
export function outlineTemplate(input: TemplatePlanInput): TemplateOutline {
  const { request, recipe, source, guests, cluster } = input;
  const name = request.name ?? request.runbook;
  const versions = versionsOf(name, guests);
  const { parameters, deviations } = configurationOf(input);
  const settings = settingsHash(recipe, parameters);
  const where = outlineCopies(input);
  const {
    todo,
    because,
    generation,
    nodes: lacking,
  } = templateTodo(versions, {
    digest: digestOf(source),
    runbookHash: recipe.runbook.sha256,
    settings,
    nodes: where.nodes,
    shared: where.shared,
    rebuild: request.rebuild ?? false,
  });
  const outlined = where.copies(lacking, todo === 'replicate');
  requireContents(input, outlined);
  if (todo === 'build') requireGrowth(input);
  const old = olderOf(input, todo === 'build' ? versions : versions.slice(1));
  const buildName = buildNameOf(name, generation, input.run);
  const withTest = todo === 'build';

  return {
    wanted: { copies: outlined.map(({ node }) => node), bootTest: withTest },
    withVmids(vmids, fill) {
      const copies: PlannedTemplateCopy[] = outlined.map((copy, index) => ({
        ...copy,
        vmid: vmids.copies[index] ?? 0,
      }));
      const [first] = copies;
      const bootTest =
        withTest && first !== undefined && vmids.bootTest !== undefined
          ? { vmid: vmids.bootTest, node: first.node, readiness: readinessOf(input) }
          : undefined;
      const builds = copies
        .filter(({ method }) => method === 'build')
        .map(({ node, vmid }) => {
          const { steps } = fill({ node, vmid, name: buildName, source }).runbook;
          return { vmid, ...buildOf({ node, vmid }, { steps: withOwnSnippets(steps, buildName) }) };
        });
      const steps = builds.flatMap((build) => build.steps);
      const nodes = input.nodes.filter(({ online }) => online).map((node) => node.name);
      const { runbook } = recipe;
      const { files } = input;
      const decided = {
        ...{ operation: 'createTemplate' as const, cluster, name, todo, generation, buildName },
        ...{ source, runbook, files, settings, copies, configuration: parameters, retires: old.retires },
        ...(bootTest === undefined ? {} : { bootTest }),
      };
      const markerOf = (vmid: number): TemplateMarker => ({
        ...{ kind: 'template', name, vmid, source: sourceName(source), digest: digestOf(source), settings },
        ...{ runbook: runbook.name, runbookHash: runbook.sha256, product: input.product },
        ...{ operation: input.operation, run: input.run, made: input.madeAt.toISOString() },
      });
      return {
        ...decided,
        hash: approvedHash(decided, builds, nodes, versions[0]?.copies ?? []),
        madeAt: input.madeAt.toISOString(),
        because,
        product: input.product,
        builds: builds.map(({ vmid, ...build }) => withMarkerFrom(build, vmid, printMarker(markerOf(vmid)))),
        asksBefore: destructionOf(steps, {}).asksBefore,
        nodes,
        deviations,
        inForce: (versions[0]?.copies ?? []).map((guest) => copyOf(guest, versions[0]?.generation ?? 0)),
        keeps: old.keeps,
        ...reservationsOf(input, copies),
        times: input.times,
        warnings: [
          ...input.warnings,
          ...contentWarnings(input, outlined),
          ...everyNodeWarnings(input.nodes, steps),
          ...warningsOf(input, name, old.retires),
        ],
      };
    },
  };
}

/**
 * sha256 of all that is done, on which nodes, and of what a copy is cloned from. Without the build name, which tells one run from
 * another (so that the hash of a dry run can be approved), and without the marker, which holds the time of the plan.
 */
function approvedHash(
  decided: Pick<TemplatePlan, 'buildName' | 'copies'>,
  builds: readonly PlannedBuild[],
  nodes: readonly string[],
  inForce: readonly MarkedGuest[],
): string {
  const clones = decided.copies.some(({ method }) => method === 'migrate') && builds.length === 0;
  const all = JSON.stringify({
    ...decided,
    copies: decided.copies.map(copyDone),
    builds: builds.map(({ node, steps }) => ({ node, steps: steps.map(whatIsDone) })),
    nodes: builds.some((build) => build.steps.some(runsOnEveryNode)) ? nodes : [],
    origin: clones ? inForce.slice(0, 1).map(({ node, vmid }) => ({ node, vmid })) : [],
  });
  return hashOf({ plan: all.replaceAll(decided.buildName, '<build name>') });
}

/** Without the figures: they are no reason to ask again. */
function copyDone({ node, vmid, method, import: way }: PlannedTemplateCopy) {
  return { node, vmid, method, import: way ?? null };
}

function readinessOf({ recipe }: TemplatePlanInput) {
  if (recipe.readiness !== undefined) return recipe.readiness;
  const hasAgent = recipe.imageType === 'cloudinit' && (recipe.machine.hasAgent ?? true);
  return hasAgent ? 'agent' : 'running';
}

function warningsOf(
  { guests, source }: TemplatePlanInput,
  name: string,
  retires: readonly PlannedRetirement[],
): string[] {
  const goes = new Set(retires.map(({ vmid }) => vmid));
  return [
    ...namesakesOf(name, guests).map(
      (it) =>
        `VM ${it.vmid} on ${it.node} is called ${name} too and was not made by proxmox-manager: it is left alone.`,
    ),
    ...unfinishedOf(name, guests)
      .filter(({ vmid }) => !goes.has(vmid))
      .map(
        (it) =>
          `VM ${it.vmid} (${it.name}) on ${it.node} was begun by ${it.marker?.operation ?? '?'} and is not in force.`,
      ),
    ...(source.kind === 'image' && source.vouchedBy !== 'signed sums'
      ? [
          source.vouchedBy === 'runbook'
            ? "The image's digest is the one that the runbook names."
            : 'The file of checksums is not signed: whoever can change the image there can change its digest.',
        ]
      : []),
    ...(source.kind === 'image' && source.sizeBytes === undefined
      ? ['The server does not tell how large the image is: no room is kept for it.']
      : []),
  ];
}
