import { ManagerError, problem } from '../../domain/errors';
import type { BuildNode, MarkedGuest } from '../../planning/template/facts';
import { buildNameStem } from '../../planning/template/buildName';
import { versionsOf } from '../../planning/template/versions';
import { storageOf } from '../../planning/volumes';
import { clusterResources, clusterStatus } from '../../proxmox/api/cluster';
import { qemuConfig, qemuList } from '../../proxmox/api/guests';
import { nodeStorages, nodeVersion, storageContent } from '../../proxmox/api/node';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { markedGuest } from '../guests/guest';
import { readPrivileges, requireFullView, type PrivilegesByPath } from '../inspection/privileges';
import { inTurn, progressCounter } from '../inspection/inTurn';

/** What a plan is made from, as the cluster shows it. */
export interface TemplateFacts {
  /** What the token may do. */
  readonly privileges: PrivilegesByPath;
  readonly nodes: readonly BuildNode[];
  readonly guests: readonly MarkedGuest[];
  /** Ids of the volumes on the storages of the template's versions. */
  readonly volumes: readonly string[];
  /** VMIDs of all guests, with their nodes. */
  readonly places: ReadonlyMap<number, { readonly vmid: number; readonly node: string }>;
}

/**
 * Looks at nodes, templates and the volumes of older versions. `builders` are the nodes that may get a copy, all of them
 * by default: of others the version is not asked. Throws PermissionMissing if lists could be incomplete.
 */
export async function lookForTemplate(
  client: ProxmoxClient,
  name: string,
  { builders, ...options }: CallOptions & { readonly builders?: readonly string[] },
): Promise<TemplateFacts> {
  const privileges = await readPrivileges(client, options.signal);
  requireFullView(privileges);
  const status = await clusterStatus(client, options);
  const none = progressCounter();
  const nodes = await inTurn(
    status.nodes,
    (node) => lookAtNode(client, node, builders?.includes(node.name) ?? true, options),
    none,
  );
  const all = await clusterResources(client, 'vm', options);
  const online = nodes.filter((node) => node.online).map((node) => node.name);
  // The cluster-wide list may not know for 15 s what became a template (behaviour: 4.2); its node does.
  requireSeen(name, all, online);
  const lists = await inTurn(
    online,
    async (node) => (await qemuList(client, node, options)).map((row) => ({ ...row, node })),
    none,
  );
  const wanted = lists.flat().filter((it) => it.template || mayBeOf(name, it.name));
  const guests = await inTurn(
    wanted,
    async (it) => {
      const config = await qemuConfig(client, it, options);
      return markedGuest({ vmid: it.vmid, node: it.node }, config);
    },
    none,
  );
  return {
    privileges,
    nodes: nodes.toSorted((one, other) => one.name.localeCompare(other.name)),
    guests,
    volumes: await volumesBeside(client, name, guests, nodes, options),
    places: new Map(all.map(({ vmid, node }) => [vmid, { vmid, node }])),
  };
}

/**
 * A version on a node that does not answer can't be read, and the next number could be its own. Throws NodeUnreachable.
 */
function requireSeen(
  name: string,
  guests: readonly { readonly vmid: number; readonly node: string; readonly name?: string | undefined }[],
  online: readonly string[],
): void {
  const unseen = guests.find((it) => !online.includes(it.node) && mayBeOf(name, it.name));
  if (unseen === undefined) return;
  throw new ManagerError(
    problem('NodeUnreachable', {
      attempted: `look at the versions of the template ${name}`,
      node: unseen.node,
      failed: `VM ${unseen.vmid} (${unseen.name ?? ''}) is on ${unseen.node}, which does not answer: which version it is nobody can see`,
      remedy: `Bring ${unseen.node} back first.`,
    }),
  );
}

function mayBeOf(name: string, guest: string | undefined): boolean {
  return guest === name || (guest ?? '').startsWith(`${buildNameStem(name)}-v`);
}

async function lookAtNode(
  client: ProxmoxClient,
  { name, online }: { readonly name: string; readonly online: boolean },
  mayBuild: boolean,
  options: CallOptions,
): Promise<BuildNode> {
  if (!online) return { name, online, storages: [] };
  const told = mayBuild ? await nodeVersion(client, name, options) : undefined;
  const storages = await nodeStorages(client, name, options);
  return {
    name,
    online,
    ...(told === undefined ? {} : { version: told.version }),
    storages: storages.map(({ storage, type, content, shared, enabled, active, availableBytes }) => ({
      ...{ storage, type, content, shared, availableBytes },
      usable: enabled && active,
    })),
  };
}

/** Lists the storages that versions of the template are on: there their linked clones are. */
async function volumesBeside(
  client: ProxmoxClient,
  name: string,
  guests: readonly MarkedGuest[],
  nodes: readonly BuildNode[],
  options: CallOptions,
): Promise<readonly string[]> {
  const copies = versionsOf(name, guests).flatMap((version) => version.copies);
  const places = new Map(
    copies.flatMap(({ node, volumes }) =>
      volumes.map(storageOf).map((storage) => {
        const seen = nodes.find((it) => it.name === node)?.storages.find((it) => it.storage === storage);
        return [seen?.shared === true ? storage : `${storage}@${node}`, { node, storage }] as const;
      }),
    ),
  );
  const rows = await inTurn(
    [...places.values()],
    (place) => storageContent(client, place, options),
    progressCounter(),
  );
  return rows.flat().map(({ volid }) => volid);
}
