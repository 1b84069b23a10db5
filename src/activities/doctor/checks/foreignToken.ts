import type { Finding } from '../../../domain/checkup';
import type { PrivilegeNeed } from '../../../planning/privilegeNeeds';
import { canBootstrap } from '../../access/bootstrapHelps';
import type { CheckupFacts } from '../facts/facts';
import { failed, listed, warning } from '../finding';

/** A privilege that is missing, and where. */
export interface Lacking {
  readonly need: PrivilegeNeed;
  readonly places: readonly string[];
}

/** The user of the token, if it is another one than the configuration has bootstrap make. */
export function foreignUserOf({ token, config }: CheckupFacts): string | undefined {
  const user = token.known ? token.value.tokenId.split('!')[0] : undefined;
  return user === config.access.user ? undefined : user;
}

/**
 * The token of somebody else lacks privileges: one fault, for our role has nothing to do with it. It is as grave as
 * what its missing privileges would be by themselves.
 */
export function foreignToken(
  user: string,
  lacking: readonly Lacking[],
  { config }: CheckupFacts,
  status: 'failed' | 'warning',
): Finding {
  const { user: wanted } = config.access;
  const texts = lacking.flatMap(({ need, places }) => places.map((place) => `${need.privilege} on ${place}`));
  const unique = [...new Set(texts)];
  const shown = [...unique.slice(0, 5), ...(unique.length > 5 ? [`${unique.length - 5} more`] : [])];
  const what = `the token is of ${user}, not of ${wanted} (access.user), and lacks ${listed(shown)}`;
  const remedy = [
    canBootstrap(config.credentials)
      ? `Put a token of ${wanted} in its place: pxm bootstrap`
      : `Put a token of ${wanted} in its place (docs/real-cluster.md)`,
    `Or give this one what it lacks, as root on a node (what applies to it now: pveum user permissions ${user}):`,
    `pveum acl modify / --users ${user} --roles <a role that has all of it>`,
  ].join('\n');
  return (status === 'failed' ? failed : warning)('privileges', 'cluster', what, remedy);
}
