import type { GuestTruth, SimulatorControl } from '../../simulator';
import { steadyText } from './clusterName';

/**
 * What is really so at the end, as text to compare: each guest with its place, each role, user, token, entry and pool.
 * Holds no secret, and nothing that differs between two runs that end alike.
 */
export type Truth = ReadonlyMap<string, string>;

/** The truth about the whole cluster. */
export function truthOf(control: SimulatorControl): Truth {
  return new Map([...placesOf(control.guests()), ...accessOf(control)]);
}

/** Node, status, and each volume with its node. */
function placesOf(guests: readonly GuestTruth[]): [string, string][] {
  return guests.map((guest) => {
    const volumes = guest.volumes.map(({ volid, node }) => `${volid}@${node ?? 'shared'}`).toSorted();
    const place = [guest.node, guest.status, ...guest.processesOn, ...volumes].join(' ');
    return [`guest ${guest.vmid}`, place];
  });
}

function accessOf({ cluster }: SimulatorControl): [string, string][] {
  const { users, roles, acl, staleEntries } = cluster.access;
  const shown: [string, string][] = [
    ...[...roles.values()]
      .filter(({ special }) => !special)
      .map(({ id, privileges }): [string, string] => [`role ${id}`, [...privileges].toSorted().join(' ')]),
    ...[...users.values()].flatMap((user): [string, string][] => [
      [`user ${user.id}`, [user.enabled, user.expire, user.details.get('comment') ?? ''].join(' ')],
      ...[...user.tokens.values()].map(({ id, privilegeSeparation, expire, comment }): [string, string] => [
        `token ${user.id}!${id}`,
        [privilegeSeparation, expire, comment ?? ''].join(' '),
      ]),
    ]),
    ...acl.map(({ path, subject, role, propagate }): [string, string] => [
      `entry ${role} on ${path} for ${subject}`,
      propagate ? 'propagated' : 'here',
    ]),
    ...staleEntries.map((entry): [string, string] => [`stale entry of ${entry}`, 'there']),
    ...[...cluster.pools.values()].map(({ id, comment }): [string, string] => [`pool ${id}`, comment ?? '']),
  ];
  return shown.map(([what, how]) => [what, steadyText(how)]);
}

/** In words; empty if they are the same. */
export function differences(reference: Truth, found: Truth): string[] {
  const all = new Set([...reference.keys(), ...found.keys()]);
  return [...all]
    .filter((what) => reference.get(what) !== found.get(what))
    .map((what) => `${what}: ${found.get(what) ?? 'gone'} instead of ${reference.get(what) ?? 'none'}`);
}
