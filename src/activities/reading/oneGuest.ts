import { closest } from 'fastest-levenshtein';
import type { UnansweredNode } from '../../domain/clusterReading';
import { ManagerError, problem } from '../../domain/errors';

/** How a guest is known. */
interface KnownGuest {
  readonly vmid: number;
  readonly name?: string | undefined;
  readonly node: string;
}

/**
 * The guest that a person means: by VMID, or by a name that no other guest has. Throws InputInvalid naming the VMIDs
 * where a name repeats, NotFound with the nearest name where there is none; nodes that did not answer may have it.
 */
export function oneGuest<Guest extends KnownGuest>(
  guests: readonly Guest[],
  meant: string,
  unanswered: readonly UnansweredNode[] = [],
): Guest {
  const attempted = `find the guest ${meant}`;
  const byVmid = /^\d+$/.test(meant) ? guests.find(({ vmid }) => vmid === Number(meant)) : undefined;
  if (byVmid !== undefined) return byVmid;
  const [found, ...others] = guests.filter(({ name }) => name === meant);
  if (found !== undefined && others.length === 0) return found;
  if (found !== undefined) {
    const choices = [found, ...others].map(({ vmid, node }) => `${vmid} (on ${node})`).join(', ');
    throw new ManagerError(
      problem('InputInvalid', {
        attempted,
        failed: `${others.length + 1} guests have this name: ${choices}`,
        remedy: 'Name it by its VMID.',
      }),
    );
  }
  const names = guests.flatMap(({ name }) => name ?? []);
  const nearest = names.length === 0 ? '' : `Did you mean ${closest(meant, names)}? `;
  throw new ManagerError(
    problem('NotFound', {
      attempted,
      failed: `no guest has this VMID or name${unlessOn(unanswered)}`,
      remedy: `${nearest}pxm guests lists them all.`,
    }),
  );
}

function unlessOn(unanswered: readonly UnansweredNode[]): string {
  if (unanswered.length === 0) return '';
  return `, as far as is known: no answer from ${unanswered.map(({ node }) => node).join(', ')}`;
}
