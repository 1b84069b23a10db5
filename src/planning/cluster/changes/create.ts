import { isAnythingMissingInside } from '../talos';
import { machineWord } from '../wording';
import { nothingToDo, type ChangeOutline } from '../outline';
import {
  begunWishes,
  inOrder,
  newWish,
  profileOf,
  requireNothingAside,
  thereOf,
  unfinishable,
  type ChangeContext,
} from './context';

/** Makes what the profile asks for and is not there, Flux included, and finishes what was begun. Nothing ever goes. */
export function outlineCreate(context: ChangeContext): ChangeOutline {
  requireNothingAside(context);
  const profile = profileOf(context);
  const missing = profile.roles.flatMap((role) => {
    const has = new Set(thereOf(context, role.name).map(({ member }) => member.ordinal));
    const wanted = Array.from({ length: role.count }, (_, index) => index + 1);
    return wanted.filter((ordinal) => !has.has(ordinal)).map((ordinal) => newWish(context, role, ordinal));
  });
  const wishes = inOrder(profile, [...missing, ...begunWishes(context, profile.roles)]);
  const leftAlone = unfinishable(context, profile.roles);
  if (wishes.length === 0 && isAnythingMissingInside(context)) return { phases: [], leftAlone, warnings: [] };
  if (wishes.length === 0) {
    const count = context.active.length;
    const because =
      leftAlone.length === 0
        ? `${profile.name} has all of its ${machineWord(count)}, and they were ready`
        : `nothing is missing, and what was begun of ${machineWord(leftAlone.length)} can't be finished`;
    return { ...nothingToDo(`Nothing to do: ${because}.`), leftAlone };
  }
  return { phases: [{ kind: 'make', wishes }], leftAlone, warnings: [] };
}
