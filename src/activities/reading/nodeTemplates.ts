import type { StorageView } from '../../planning/template/facts';
import { markerStateOf, type NodeTemplates, type SeenGuest } from '../../planning/template/overview';
import { storageOf } from '../../planning/volumes';
import { qemuConfig, qemuList, type GuestRow } from '../../proxmox/api/guests';
import { nodeStorages, storageContent } from '../../proxmox/api/node';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { markedGuest } from '../guests/guest';
import { inTurn, progressCounter } from '../inspection/inTurn';

/** A first look at a node: its machines, and those of them that are, or are about to become, templates. */
export interface FirstLook {
  readonly node: string;
  readonly machines: readonly GuestRow[];
  readonly guests: readonly SeenGuest[];
  readonly storages: readonly StorageView[];
}

/** What a guest is called as long as it is not in force: build names and those of test clones. */
const buildName = /-v\d+-[0-9a-z]{1,8}(-test)?$/;

/** Asks a node for its templates and for what looks like a build. */
export async function lookForTemplates(
  client: ProxmoxClient,
  node: string,
  options: CallOptions,
): Promise<FirstLook> {
  const [machines, storages] = await Promise.all([
    qemuList(client, node, options),
    nodeStorages(client, node, options),
  ]);
  const likely = machines.filter((it) => it.template || buildName.test(it.name ?? ''));
  return {
    node,
    machines,
    guests: await readGuests(client, node, likely, options),
    storages: storages.map(({ storage, type, content, shared, enabled, active, availableBytes }) => ({
      ...{ storage, type, content, shared, availableBytes },
      usable: enabled && active,
    })),
  };
}

/** The names of the templates that guests have markers of. */
export function namesIn(looks: readonly FirstLook[]): ReadonlySet<string> {
  return new Set(looks.flatMap(({ guests }) => guests.flatMap(({ marker }) => marker?.name ?? [])));
}

/** A second look, once the names are known: at other machines that are called so, and at the storages. */
export async function lookCloser(
  client: ProxmoxClient,
  { node, machines, guests, storages }: FirstLook,
  { names, volumes }: { readonly names: ReadonlySet<string>; readonly volumes: boolean },
  options: CallOptions,
): Promise<NodeTemplates> {
  const seen = new Set(guests.map(({ vmid }) => vmid));
  const namesakes = machines.filter((it) => !seen.has(it.vmid) && names.has(it.name ?? ''));
  const all = [...guests, ...(await readGuests(client, node, namesakes, options))];
  if (!volumes) return { node, guests: all, storages };
  const used = new Set(
    all
      .filter(({ marker }) => marker !== undefined && names.has(marker.name))
      .flatMap((guest) => guest.volumes.map(storageOf)),
  );
  const listable = storages.filter(({ storage, usable }) => usable && used.has(storage));
  const contents = await inTurn(
    listable,
    async ({ storage }) => {
      const rows = await storageContent(client, { node, storage }, options);
      return [storage, rows.map(({ volid }) => volid)] as const;
    },
    progressCounter(),
  );
  return { node, guests: all, storages, contents: new Map(contents) };
}

function readGuests(
  client: ProxmoxClient,
  node: string,
  machines: readonly GuestRow[],
  options: CallOptions,
): Promise<readonly SeenGuest[]> {
  return inTurn(
    machines,
    async ({ vmid }) => {
      const config = await qemuConfig(client, { node, vmid }, options);
      const markerState = markerStateOf(config.keys.get('description'), vmid);
      return { ...markedGuest({ vmid, node }, config), markerState };
    },
    progressCounter(),
  );
}
