import { z } from 'zod';

import type { AclEntry, ProxmoxMajor } from '../../domain/access';
import { ManagerError, problem } from '../../domain/errors';
import type { PoolFact, RoleFact, TokenFact, UserFact } from '../../planning/access/facts';
import { flagOrNo, maybe, numeric } from '../../proxmox/schemas';
import type { RootShell } from './rootShell';

const roleRow = z
  .object({ roleid: z.string(), privs: maybe(z.string()), special: flagOrNo })
  .transform(({ roleid, privs, special }): RoleFact => ({
    name: roleid,
    privileges: (privs ?? '').split(',').filter((it) => it !== ''),
    builtIn: special,
  }));

/** All roles (recordings g1, c1). */
export async function readRoles(shell: RootShell): Promise<readonly RoleFact[]> {
  return shell.read(['pveum', 'role', 'list'], z.array(roleRow));
}

const userRow = z
  .object({ userid: z.string(), enable: flagOrNo, expire: maybe(numeric), comment: maybe(z.string()) })
  .transform(({ userid, enable, expire, comment }): UserFact => ({
    user: userid,
    enabled: enable,
    expiresAt: expire ?? 0,
    comment: comment ?? '',
  }));

/** All users (recording g1). */
export async function readUsers(shell: RootShell): Promise<readonly UserFact[]> {
  return shell.read(['pveum', 'user', 'list'], z.array(userRow));
}

const tokenRow = z.object({
  tokenid: z.string(),
  privsep: flagOrNo,
  expire: maybe(numeric),
  comment: maybe(z.string()),
});

/** The tokens of one user, which must exist (recording g1). */
export async function readTokens(shell: RootShell, user: string): Promise<readonly TokenFact[]> {
  const rows = await shell.read(['pveum', 'user', 'token', 'list', user], z.array(tokenRow));
  return rows.map(({ tokenid, privsep, expire, comment }) => ({
    tokenId: `${user}!${tokenid}`,
    privilegeSeparation: privsep,
    expiresAt: expire ?? 0,
    comment: comment ?? '',
  }));
}

/** The tokens of a user; none where there is no such user. */
export async function readTokensOf(shell: RootShell, user: string): Promise<readonly TokenFact[]> {
  const exists = (await readUsers(shell)).some((it) => it.user === user);
  return exists ? readTokens(shell, user) : [];
}

const aclRow = z
  .object({
    path: z.string(),
    type: z.enum(['user', 'token', 'group']),
    ugid: z.string(),
    roleid: z.string(),
    propagate: flagOrNo,
  })
  .transform(({ path, type, ugid, roleid, propagate }): AclEntry => ({
    path,
    kind: type,
    subject: ugid,
    role: roleid,
    propagate,
  }));

/** The whole access control list (recording g1). */
export async function readAcl(shell: RootShell): Promise<readonly AclEntry[]> {
  return shell.read(['pveum', 'acl', 'list'], z.array(aclRow));
}

const poolRow = z
  .object({ poolid: z.string(), comment: maybe(z.string()) })
  .transform(({ poolid, comment }): PoolFact => ({ pool: poolid, comment: comment ?? '' }));

/** All pools; how much is in them is not known. */
export async function readPools(shell: RootShell): Promise<readonly PoolFact[]> {
  return shell.read(['pveum', 'pool', 'list'], z.array(poolRow));
}

const poolAnswer = z.object({ members: z.array(z.unknown()) });

/** How many guests and storages are in a pool, which must exist (schema of 8.4 and 9: `GET /pools/{poolid}`). */
export async function countPoolMembers(shell: RootShell, pool: string): Promise<number> {
  return (await shell.read(['pvesh', 'get', `/pools/${pool}`], poolAnswer)).members.length;
}

const storageRow = z.object({ storage: z.string() }).transform(({ storage }) => storage);

/** Names of all storages. */
export async function readStorages(shell: RootShell): Promise<readonly string[]> {
  return shell.read(['pvesh', 'get', '/storage'], z.array(storageRow));
}

const versionAnswer = z.object({ version: z.string() });

/** The major version of the node that answers. Throws NotImplemented for one that is not known here. */
export async function readMajor(shell: RootShell): Promise<ProxmoxMajor> {
  const { version } = await shell.read(['pvesh', 'get', '/version'], versionAnswer);
  const [major] = version.split('.');
  if (major === '8' || major === '9') return Number(major) === 8 ? 8 : 9;
  throw new ManagerError(
    problem('NotImplemented', {
      attempted: 'look at the version of Proxmox VE',
      failed: `version ${version} has privileges that are not known here; 8 and 9 are`,
    }),
  );
}
