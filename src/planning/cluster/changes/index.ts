import type { ChangeOutline } from '../outline';
import { outlineAdopt } from './adopt';
import type { ChangeContext } from './context';
import { outlineCreate } from './create';
import { outlineDestroy, outlinePurge } from './remove';
import { outlineRebuild, outlineReplace, outlineUpgrade } from './renew';
import { outlineScale } from './scale';
import { outlineUndo } from './undo';

/** Outlines the change that was asked for. Throws InputInvalid for what can't be done. */
export function outlineChange(context: ChangeContext): ChangeOutline {
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
