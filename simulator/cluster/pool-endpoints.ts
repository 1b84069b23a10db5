import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { requireAccessQuorum } from '../access/quorum';
import { resourceRows } from './resources';

/** Pools (behaviour.md 10.1). 8 and 9 take the pool's id in the path as well as among the parameters. */
export const poolEndpoints: EndpointTable = {
  'GET /pools': listPools,
  'GET /pools/{poolid}': readPool,
  'POST /pools': createPool,
  'PUT /pools': changePool,
  'PUT /pools/{poolid}': changePool,
  'DELETE /pools': deletePool,
  'DELETE /pools/{poolid}': deletePool,
};

interface Pool {
  readonly id: string;
  comment: string | undefined;
  readonly storages: Set<string>;
}

function listPools(call: ApiCall): unknown {
  const wanted = call.parameters.optionalText('poolid');
  if (wanted !== undefined) {
    call.requirePrivilege(`/pool/${wanted}`, ['Pool.Audit']);
    return [{ poolid: wanted, ...withMembers(call, poolOf(call)) }];
  }
  const seen = [...call.cluster.pools.values()].filter(({ id }) => call.may(`/pool/${id}`, ['Pool.Audit']));
  return seen.map((pool) => ({ poolid: pool.id, ...commentOf(pool) }));
}

function readPool(call: ApiCall): unknown {
  return withMembers(call, poolOf(call));
}

function withMembers(call: ApiCall, pool: Pool): Record<string, unknown> {
  const type = call.parameters.optionalText('type');
  const members = resourceRows(call, undefined).filter((row) => {
    if (type !== undefined && row['type'] !== type) return false;
    if (row['type'] === 'storage') return pool.storages.has(String(row['storage']));
    return row['vmid'] !== undefined && row['pool'] === pool.id;
  });
  return { ...commentOf(pool), members };
}

function commentOf({ comment }: Pool): Record<string, string> {
  return comment === undefined ? {} : { comment };
}

function poolOf({ cluster, parameters }: ApiCall, prefix = ''): Pool {
  const id = parameters.text('poolid');
  return cluster.pools.get(id) ?? fail(`${prefix}pool '${id}' does not exist`);
}

function createPool(call: ApiCall): null {
  const { cluster, parameters } = call;
  const id = parameters.text('poolid');
  requireAccessQuorum(call, 'create pool failed');
  if (cluster.pools.has(id)) fail(`create pool failed: pool '${id}' already exists`);
  cluster.pools.set(id, { id, comment: parameters.optionalText('comment'), storages: new Set() });
  return null;
}

function changePool(call: ApiCall): null {
  const { parameters } = call;
  requireAccessQuorum(call, 'update pools failed');
  const pool = poolOf(call, 'update pools failed: ');
  pool.comment = parameters.optionalText('comment') ?? pool.comment;
  const remove = parameters.flag('delete');
  for (const vmid of parameters.list('vms')) changeGuest(call, pool, Number(vmid), remove);
  for (const storage of parameters.list('storage')) changeStorage(call, pool, storage, remove);
  return null;
}

function changeGuest(call: ApiCall, pool: Pool, vmid: number, remove: boolean): void {
  call.requirePrivilege(`/vms/${vmid}`, ['VM.Allocate', 'Permissions.Modify']);
  const guest = call.cluster.guests.get(vmid) ?? fail(`update pools failed: VM ${vmid} does not exist`);
  const isMember = guest.pool === pool.id;
  if (remove) {
    if (!isMember) fail(`update pools failed: VM ${vmid} is not a pool member`);
    guest.pool = undefined;
    return;
  }
  if (isMember) fail(`update pools failed: VM ${vmid} is already a pool member`);
  if (guest.pool !== undefined && !call.parameters.flag('allow-move')) {
    fail(
      `update pools failed: VM ${vmid} belongs already to pool '${guest.pool}' and 'allow-move' is not set`,
    );
  }
  guest.pool = pool.id;
}

function changeStorage(call: ApiCall, pool: Pool, storage: string, remove: boolean): void {
  call.requirePrivilege(`/storage/${storage}`, ['Datastore.Allocate', 'Permissions.Modify']);
  const isMember = pool.storages.has(storage);
  if (remove && !isMember) fail(`update pools failed: Storage '${storage}' is not a pool member`);
  if (!remove && isMember) fail(`update pools failed: Storage '${storage}' is already a pool member`);
  if (remove) pool.storages.delete(storage);
  else pool.storages.add(storage);
}

/** A pool's ACL entries go with it. */
function deletePool(call: ApiCall): null {
  const { cluster } = call;
  requireAccessQuorum(call, 'delete pool failed');
  const pool = poolOf(call, 'delete pool failed: ');
  const member = [...cluster.guests.values()].find((guest) => guest.pool === pool.id);
  if (member !== undefined) {
    fail(`delete pool failed: pool '${pool.id}' is not empty (contains VM ${member.vmid})`);
  }
  const [storage] = pool.storages;
  if (storage !== undefined) {
    fail(`delete pool failed: pool '${pool.id}' is not empty (contains storage '${storage}')`);
  }
  cluster.pools.delete(pool.id);
  cluster.access.acl = cluster.access.acl.filter(({ path }) => path !== `/pool/${pool.id}`);
  return null;
}
