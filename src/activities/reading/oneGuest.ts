import { closest } from 'fastest-levenshtein';
import { ManagerError, problem } from '../../domain/errors';

/** How a guest is known. */
interface KnownGuest {
  readonly vmid: number;
  readonly name?: string | undefined;
  readonly node: string;
}

/**
 * The guest that a person means: by VMID, or by a name that no other guest has. Throws InputInvalid naming the VMIDs
 * where a name repeats, NotFound with the nearest name where there is none.
 */
export function oneGuest<Guest extends KnownGuest>(guests: readonly Guest[], meant: string): Guest {
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
      failed: 'no guest has this VMID or name',
      remedy: `${nearest}pxm guests lists them all.`,
    }),
  );
}
