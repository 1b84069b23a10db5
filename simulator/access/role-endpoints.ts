import type { ApiCall, EndpointTable } from '../http/call';
import { fail, parameterError } from '../http/errors';
import { requireAccessQuorum } from './quorum';
import type { RoleState } from './state';

/** Roles. Privilege names are checked by the schema's format. */
export const roleEndpoints: EndpointTable = {
  'GET /access/roles': listRoles,
  'GET /access/roles/{roleid}': readRole,
  'POST /access/roles': createRole,
  'PUT /access/roles/{roleid}': changeRole,
  'DELETE /access/roles/{roleid}': deleteRole,
};

function listRoles({ cluster }: ApiCall): unknown {
  return [...cluster.access.roles.values()].map((role) => ({
    roleid: role.id,
    privs: [...role.privileges].sort().join(','),
    special: role.special ? 1 : 0,
  }));
}

function readRole({ cluster, parameters }: ApiCall): unknown {
  const id = parameters.text('roleid');
  const role = cluster.access.roles.get(id) ?? fail(`role '${id}' does not exist`);
  return Object.fromEntries([...role.privileges].map((privilege) => [privilege, 1]));
}

function createRole(call: ApiCall): null {
  const { cluster, parameters } = call;
  const id = parameters.text('roleid');
  refuseReserved(id);
  requireAccessQuorum(call, 'create role failed');
  if (cluster.access.roles.has(id)) fail(`create role failed: role '${id}' already exists`);
  cluster.access.roles.set(id, { id, special: false, privileges: new Set(parameters.list('privs')) });
  return null;
}

function changeRole(call: ApiCall): null {
  const { parameters } = call;
  requireAccessQuorum(call, 'update role failed');
  const role = changeableRole(call, 'update role failed');
  if (!parameters.flag('append')) role.privileges.clear();
  for (const privilege of parameters.list('privs')) role.privileges.add(privilege);
  return null;
}

function deleteRole(call: ApiCall): null {
  requireAccessQuorum(call, 'delete role failed');
  const { access } = call.cluster;
  const role = changeableRole(call, 'delete role failed');
  access.roles.delete(role.id);
  const entries = access.acl.filter((entry) => entry.role === role.id);
  access.staleEntries.push(...entries.map(() => `role '${role.id}'`));
  access.acl = access.acl.filter((entry) => entry.role !== role.id);
  return null;
}

function changeableRole({ cluster, parameters }: ApiCall, prefix: string): RoleState {
  const id = parameters.text('roleid');
  const role = cluster.access.roles.get(id) ?? fail(`${prefix}: role '${id}' does not exist`);
  if (role.special) fail(`auto-generated role '${id}' cannot be modified`);
  return role;
}

function refuseReserved(id: string): void {
  if (!/^PVE/i.test(id)) return;
  parameterError({ roleid: "cannot use role ID starting with the (case-insensitive) 'PVE' namespace" });
}
