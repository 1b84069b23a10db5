import { Carried } from './carry';

/**
 * Waits until both parts of an operation have ended, whatever becomes of the other one: nothing of it may be left behind.
 * Then a failure counts, and before a part that only unwinds to be carried on.
 */
export async function sideBySide<One, Other>(
  one: Promise<One>,
  other: Promise<Other>,
): Promise<readonly [One, Other]> {
  const [, ended] = await Promise.allSettled([one, other]);
  if (ended.status === 'rejected' && !(ended.reason instanceof Carried)) await other;
  return [await one, await other];
}
