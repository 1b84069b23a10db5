import { ManagerError, problem } from '../../domain/errors';
import type { TemplatePlan } from '../../domain/templatePlan';
import { lackingOf, type LackingPrivilege } from '../../planning/template/privileges';
import type { BuildNode } from '../../planning/template/facts';
import { privilegeRemedy } from '../../proxmox/privilegeRemedy';
import { missingPrivileges, type PrivilegesByPath } from '../inspection/privileges';

/**
 * A warning of the privileges that a plan needs and the token lacks where it needs them. Throws PermissionMissing for one
 * that every template needs and that the token has nowhere: without it the operation would stop after the download.
 */
export function privilegeWarnings(
  held: PrivilegesByPath,
  plan: TemplatePlan,
  nodes: readonly BuildNode[],
): readonly string[] {
  const isHeld = (privilege: string, path: string) =>
    missingPrivileges(held, { path, privileges: [privilege], below: false }).length === 0;
  const lacking = lackingOf(plan, nodes, isHeld);
  const isNowhere = (privilege: string) => Object.values(held).every((entry) => !(privilege in entry));
  const grave = lacking.filter(({ privilege, isAlways }) => isAlways && isNowhere(privilege));
  if (grave.length > 0) throw refused(plan.name, grave);
  if (lacking.length === 0) return [];
  return [
    `The token lacks ${shown(lacking)}, which this plan may need: pxm doctor says how it is given. Without it a step stops.`,
  ];
}

function refused(name: string, lacking: readonly LackingPrivilege[]): ManagerError {
  const remedy = privilegeRemedy(
    lacking.map(({ privilege, path }) => ({ privileges: [privilege], path })),
    shown(lacking),
  );
  return new ManagerError(
    problem('PermissionMissing', {
      attempted: `plan the template ${name}`,
      failed: `the token lacks ${shown(lacking)}, without which no template is made or destroyed`,
      remedy,
    }),
  );
}

function shown(lacking: readonly LackingPrivilege[]): string {
  return lacking.map(({ privilege, path }) => `${privilege} on ${path}`).join(', ');
}
