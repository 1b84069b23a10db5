import { ManagerError, problem } from '../../domain/errors';
import { templateWorkflowId } from '../../domain/names';
import type { TemplatePlan } from '../../domain/templatePlan';
import { templateDifference } from '../../planning/template/difference';
import { outlineTemplate } from '../../planning/template/plan';
import { requireRoom } from '../../planning/template/reservations';
import { planRetirement } from '../../planning/template/retire';
import { tryLogins } from '../runbook/logins';
import { bridgeWarnings } from './bridges';
import type { TemplatePlanArguments, TemplatePlanMade } from './contract';
import type { TemplateDependencies } from './dependencies';
import { lookForTemplate } from './look';
import { privilegeWarnings } from './privileges';
import { resolveSource } from './source/resolveSource';
import { readSshKeys } from './sshKeys';
import { freeVmids, leaseVmids } from './vmids';

/**
 * Looks at the cluster, resolves the source, plans, and leases VMIDs and room on storages (a dry run leases
 * nothing). Repeating it is harmless: nothing is changed on the cluster, the ledger gives the same VMIDs for the
 * same purposes and replaces reservations as a whole.
 */
export async function planTemplate(
  dependencies: TemplateDependencies,
  signal: AbortSignal,
  { request, holder, previous }: TemplatePlanArguments,
): Promise<TemplatePlanMade> {
  const { config, client, product, now } = dependencies;
  requireOurCluster(config.cluster.name, request.cluster);
  const name = request.name ?? request.runbook;
  if (request.dryRun !== true) requireOwnId(config.cluster.name, name, holder.workflowId);
  const given = {
    ...{ request, product, cluster: config.cluster.name },
    times: { ...config.approval, stallAfterMs: config.migration.stallAfterMs },
    operation: holder.workflowId,
    run: holder.firstExecutionRunId,
    madeAt: now(),
  };
  const changesFrom = (plan: TemplatePlan) =>
    previous === undefined ? [] : templateDifference(previous, plan);
  if (request.onlyRetire === true) {
    const { nodes, guests, volumes, privileges } = await lookForTemplate(client, name, {
      signal,
      builders: [],
    });
    const retirement = planRetirement({
      ...{ ...given, nodes, guests, volumes },
      warnings: tlsWarnings(client.tls),
    });
    const rights = privilegeWarnings(privileges, retirement, nodes);
    const plan = { ...retirement, warnings: [...retirement.warnings, ...rights] };
    return { plan, changes: changesFrom(plan) };
  }
  const { recipe: asked, files, fill } = await dependencies.readRunbook(request);
  const facts = await lookForTemplate(client, name, {
    signal,
    ...(request.nodes === undefined ? {} : { builders: request.nodes }),
  });
  const { source, recipe } = await resolveSource(dependencies, asked, facts, signal);
  const outline = outlineTemplate({
    ...given,
    ...{ recipe, files, source },
    ...{ nodes: facts.nodes, guests: facts.guests, volumes: facts.volumes },
    conventions: config.conventions,
    sshKeys: readSshKeys(config),
    warnings: tlsWarnings(client.tls),
  });
  const vmids =
    request.dryRun === true
      ? await freeVmids(dependencies, outline.wanted, facts)
      : await leaseVmids(dependencies, outline.wanted, holder, facts, signal);
  const outlined = outline.withVmids(vmids, fill);
  requireRoom(outlined);
  const rights = privilegeWarnings(facts.privileges, outlined, facts.nodes);
  const steps = outlined.builds.flatMap((build) => build.steps);
  const logins = await tryLogins(dependencies, steps, { signal, dryRun: request.dryRun === true });
  const bridges = await bridgeWarnings(client, outlined, { signal });
  const plan = { ...outlined, warnings: [...outlined.warnings, ...rights, ...bridges, ...logins] };
  if (request.dryRun !== true) await reserveRoom(dependencies, holder, plan);
  return { plan, changes: changesFrom(plan) };
}

async function reserveRoom(
  { ledger }: TemplateDependencies,
  holder: TemplatePlanArguments['holder'],
  { name, reservations, roomBytes }: TemplatePlan,
): Promise<void> {
  const answer = await ledger.reserveStorage({ holder, reservations, roomBytes });
  if (answer.granted) return;
  throw new ManagerError(
    problem('LeaseRefused', {
      attempted: `reserve room for the template ${name}`,
      failed: answer.conflicts.map(({ text }) => text).join('; '),
    }),
  );
}

function requireOurCluster(ours: string, asked: string | undefined): void {
  if (asked === undefined || asked === ours) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'plan a template',
      failed: `the request names the cluster ${asked}, this worker serves ${ours}`,
    }),
  );
}

/** Two operations for one name would both make the next version: the ID keeps them apart. */
function requireOwnId(cluster: string, name: string, workflowId: string): void {
  const wanted = templateWorkflowId(cluster, name);
  if (workflowId === wanted) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `make the template ${name}`,
      failed: `the operation has the ID ${workflowId}`,
      remedy: `Start it with the workflow ID ${wanted}. Under another ID, as of a Schedule, it can only plan: "dryRun": true.`,
    }),
  );
}

function tlsWarnings(tls: 'verify' | 'insecure'): string[] {
  return tls === 'insecure' ? ['Certificates are not verified: tls is insecure in the configuration.'] : [];
}
