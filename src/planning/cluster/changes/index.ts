import type { ClusterAction } from '../../../domain/cluster/request';
import type { ChangeOutline } from '../outline';
import { refusal } from '../refusal';
import { outlineAdopt } from './adopt';
import { attemptOf, profileOf, type ChangeContext } from './context';
import { outlineCreate } from './create';
import { outlineDestroy, outlinePurge } from './remove';
import { outlineRebuild, outlineReplace, outlineUpgrade } from './renew';
import { outlineScale } from './scale';
import { outlineUndo } from './undo';

/** Outlines the change that was asked for. Throws InputInvalid for what can't be done. */
export function outlineChange(context: ChangeContext): ChangeOutline {
  requireSameControlPlanes(context);
  switch (context.request.action) {
    case 'create':
      return outlineCreate(context);
    case 'scale':
      return outlineScale(context);
    case 'replace':
      return outlineReplace(context);
    case 'upgrade':
      return outlineUpgrade(context);
    case 'rebuild':
      return outlineRebuild(context);
    case 'destroy':
      return outlineDestroy(context);
    case 'purge':
      return outlinePurge(context);
    case 'undo':
      return outlineUndo(context);
    case 'adopt':
      return outlineAdopt(context);
  }
}

/** The members of etcd are told by their role: what the record says of it, a profile that was edited since does not change. */
function requireSameControlPlanes(context: ChangeContext): void {
  const { action } = context.request;
  const { bootstrapped, controlPlaneRole: recorded } = context.input.change.record?.talos ?? {};
  if (!byRole.has(action) || bootstrapped !== true || recorded === undefined) return;
  const asked = profileOf(context).roles.find(({ kind }) => kind === 'controlPlane')?.name;
  if (asked === recorded || !context.active.some(({ member }) => member.role === recorded)) return;
  throw refusal(
    attemptOf(context),
    `its control planes were made as the role ${recorded}, and the profile now has ${asked === undefined ? 'none' : asked} for them`,
    `Call the role of the control planes ${recorded} again in the profile: etcd lives on these machines.`,
  );
}

/** What makes machines of roles, or lets some of them leave. */
const byRole: ReadonlySet<ClusterAction> = new Set(['create', 'scale', 'replace', 'upgrade']);
