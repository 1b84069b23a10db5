import type { ApiCall, EndpointTable } from '../http/call';
import { fail, PasswordRefused } from '../http/errors';
import { privilegeContext } from '../cluster/state';
import { privilegesOn } from './evaluate';
import { requireAccessQuorum } from './quorum';
import { csrfTokenFor, readTicket, writeTicket } from './tickets';

/** Tickets, realms, groups, passwords (behaviour.md 2.2). */
export const loginEndpoints: EndpointTable = {
  'GET /access/ticket': () => null,
  'POST /access/ticket': createTicket,
  'GET /access/domains': ({ cluster }) =>
    [...cluster.access.realms].map(([realm, { type, comment, isDefault }]) => ({
      realm,
      type,
      ...(comment === undefined ? {} : { comment }),
      ...(isDefault ? { default: 1 } : {}),
    })),
  'GET /access/groups': listGroups,
  'POST /access/groups': createGroup,
  'PUT /access/password': changePassword,
};

async function createTicket({ cluster, contactedNode, parameters }: ApiCall): Promise<unknown> {
  const name = parameters.text('username');
  const realm = parameters.optionalText('realm');
  const user = realm === undefined || name.includes('@') ? name : `${name}@${realm}`;
  const password = parameters.text('password');
  const { access, clock } = cluster;
  const known = access.users.get(user);
  const accepted =
    known?.enabled === true &&
    (known.password === password || readTicket(access, contactedNode, password, clock.now()) === user);
  if (!accepted) {
    await clock.sleep(cluster.timings.authenticationFailureSeconds);
    throw new PasswordRefused();
  }
  return {
    username: user,
    ticket: writeTicket(access, contactedNode, user, clock.now()),
    CSRFPreventionToken: csrfTokenFor(access, contactedNode, user),
    cap: capabilitiesOf(cluster, user),
    ...(cluster.name === undefined || !contactedNode.isMember ? {} : { clustername: cluster.name }),
  };
}

/** What a ticket says that its user may do: by area, the privileges that matter there (recording i). */
const capabilities: readonly { readonly name: string; readonly path: string; readonly shown: RegExp }[] = [
  { name: 'vms', path: '/vms', shown: /^(VM\.|Permissions\.Modify$)/ },
  { name: 'storage', path: '/storage', shown: /^(Datastore\.|Permissions\.Modify$)/ },
  { name: 'access', path: '/access', shown: /^((User|Group)\.|Permissions\.Modify$)/ },
  { name: 'nodes', path: '/nodes', shown: /^(Sys\.|Permissions\.Modify$)/ },
  { name: 'dc', path: '/', shown: /^(Sys\.Audit$|Sys\.Modify$|SDN\.)/ },
  { name: 'sdn', path: '/sdn', shown: /^(SDN\.|Permissions\.Modify$)/ },
  { name: 'mapping', path: '/mapping', shown: /^(Mapping\.|Permissions\.Modify$)/ },
];

function capabilitiesOf(cluster: ApiCall['cluster'], user: string): unknown {
  const identity = { user, tokenId: undefined, authId: user, isRoot: user === 'root@pam' };
  const held = capabilities.map(({ name, path, shown }) => {
    const privileges = [...privilegesOn(privilegeContext(cluster), identity, path).keys()];
    return [name, Object.fromEntries(privileges.filter((one) => shown.test(one)).map((one) => [one, 1]))];
  });
  return Object.fromEntries(held);
}

function listGroups(call: ApiCall): unknown {
  const { access } = call.cluster;
  return [...access.groups.values()]
    .filter(
      ({ id }) =>
        call.may('/access/groups', ['Sys.Audit', 'Group.Allocate', 'User.Modify']) ||
        call.may(`/access/groups/${id}`, ['User.Modify']),
    )
    .map(({ id, comment }) => ({
      groupid: id,
      users: [...access.users.values()]
        .filter(({ groups }) => groups.has(id))
        .map((user) => user.id)
        .join(','),
      ...(comment === undefined ? {} : { comment }),
    }));
}

function createGroup(call: ApiCall): null {
  requireAccessQuorum(call, 'create group failed');
  const id = call.parameters.text('groupid');
  const { groups } = call.cluster.access;
  if (groups.has(id)) fail(`create group failed: group '${id}' already exists`);
  groups.set(id, { id, comment: call.parameters.optionalText('comment') });
  return null;
}

function changePassword({ cluster, parameters }: ApiCall): null {
  const id = parameters.text('userid');
  const user = cluster.access.users.get(id) ?? fail(`no such user ('${id}')`);
  user.password = parameters.text('password');
  return null;
}
