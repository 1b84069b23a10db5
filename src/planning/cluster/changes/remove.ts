import { fluxSource } from '../../../domain/cluster/planned';
import { machineWord } from '../wording';
import { nothingToDo, type ChangeOutline } from '../outline';
import { removalsOf } from '../removals';
import { inOrderOfLeaving, type ChangeContext } from './context';

/** Sets all members aside, or deletes them at once, those that are set aside already included. */
export function outlineDestroy(context: ChangeContext): ChangeOutline {
  const { request, active, aside } = context;
  const isNow = request.now === true;
  return remove(context, isNow ? 'delete' : 'setAside', isNow ? [...active, ...aside] : active);
}

/** Deletes what is set aside. */
export function outlinePurge(context: ChangeContext): ChangeOutline {
  return remove(context, 'delete', context.aside);
}

function remove(
  context: ChangeContext,
  kind: 'setAside' | 'delete',
  members: ChangeContext['active'],
): ChangeOutline {
  const { input, look, request } = context;
  const { bootstrapOn } = input.change.record?.talos ?? {};
  const ordered = inOrderOfLeaving(input.profile, members, bootstrapOn);
  const { removals, leftAlone, warnings } = removalsOf(ordered, look);
  const more = [...warnings, ...gitWarnings(context, removals.length)];
  if (removals.length > 0) return { phases: [{ kind, removals }], leftAlone, warnings: more };
  const none = context.aside.length > 0 ? 'all of it is set aside already' : 'it has no members';
  const what = request.action === 'purge' ? 'nothing of it is set aside' : none;
  const because = leftAlone.length > 0 ? `${machineWord(leftAlone.length)} can't be touched` : what;
  const nothing = nothingToDo(`Nothing to do for ${request.profile}: ${because}.`);
  return { ...nothing, leftAlone, warnings: [...nothing.warnings, ...warnings] };
}

/** What Flux wrote is nobody's to delete here. Where the profile is gone, or says otherwise by now, the record knows it. */
function gitWarnings({ input }: ChangeContext, removed: number): readonly string[] {
  if (removed === 0) return [];
  const { flux } = input.profile ?? {};
  const { filledFrom } = input.change.record?.talos ?? {};
  const isElsewhere = filledFrom !== undefined && (flux === undefined || filledFrom !== fluxSource(flux));
  return [
    ...(flux === undefined ? [] : [`${flux.url} (${flux.path} on ${flux.branch})`]),
    ...(isElsewhere ? [filledFrom] : []),
  ].map((where) => `What Flux has written to ${where} stays there, and so does its deploy key.`);
}
