import { ManagerError, problem } from '../../domain/errors';
import type { TemplatePlan } from '../../domain/templatePlan';
import { templateDifference } from '../../planning/template/difference';
import { outlineTemplate } from '../../planning/template/plan';
import type { TemplatePlanArguments, TemplatePlanMade } from './contract';
import type { TemplateDependencies } from './dependencies';
import { lookForTemplate } from './look';
import { resolveSource } from './source/resolveSource';
import { readSshKeys } from './sshKeys';
import { vendorSnippet } from './vendorSnippet';
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
  const recipe = await dependencies.readRecipe(request);
  const facts = await lookForTemplate(client, request.name ?? request.runbook, { signal });
  const source = await resolveSource(dependencies, recipe, facts, signal);
  const snippet = await vendorSnippet(dependencies, request, recipe, signal);
  const outline = outlineTemplate({
    ...{ request, recipe, source, product },
    ...{ nodes: facts.nodes, guests: facts.guests, volumes: facts.volumes },
    cluster: config.cluster.name,
    conventions: config.conventions,
    sshKeys: readSshKeys(config),
    ...(snippet.volume === undefined ? {} : { vendorSnippet: snippet.volume }),
    times: { ...config.approval, stallAfterMs: config.migration.stallAfterMs },
    run: holder.firstExecutionRunId,
    madeAt: now(),
    warnings: [...snippet.warnings, ...tlsWarnings(client.tls)],
  });
  const vmids =
    request.dryRun === true
      ? await freeVmids(dependencies, outline.wanted, facts)
      : await leaseVmids(dependencies, outline.wanted, holder, facts, signal);
  const plan = outline.withVmids(vmids);
  if (request.dryRun !== true) await reserveRoom(dependencies, holder, plan);
  return { plan, changes: previous === undefined ? [] : templateDifference(previous, plan) };
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

function tlsWarnings(tls: 'verify' | 'insecure'): string[] {
  return tls === 'insecure' ? ['Certificates are not verified: tls is insecure in the configuration.'] : [];
}
