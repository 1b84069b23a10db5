import type {
  FaultyVolume,
  MarkedCopy,
  MarkerState,
  StrangeTemplate,
  TemplateList,
  TemplateReading,
} from '../../domain/templateReading';
import { isCloudinitVolume, ownerOf, storageOf } from '../volumes';
import type { MarkedGuest, StorageView } from './facts';
import { parseMarker } from './marker';
import { linkedClonesOf, unfinishedOf, versionsOf } from './versions';

/** A guest that could be a version of a template, and whether its marker is its own. */
export interface SeenGuest extends MarkedGuest {
  readonly markerState: MarkerState | 'own';
}

/** What one node shows of templates. */
export interface NodeTemplates {
  readonly node: string;
  readonly guests: readonly SeenGuest[];
  readonly storages: readonly StorageView[];
  /** Volume ids by storage, of those that could be listed; absent: they were not looked at. */
  readonly contents?: ReadonlyMap<string, readonly string[]>;
}

/** Whether the description of a guest has its marker, and if not, why. */
export function markerStateOf(description: string | undefined, vmid: number): SeenGuest['markerState'] {
  const marker = parseMarker(description);
  if (marker !== undefined) return marker.vmid === vmid ? 'own' : 'copied';
  return description?.includes('```proxmox-manager') === true ? 'changed' : 'none';
}

/** The templates of a cluster by name, and whatever only looks like one of ours. Pure. */
export function templatesOf(nodes: readonly NodeTemplates[]): Pick<TemplateList, 'templates' | 'strangers'> {
  const guests = nodes.flatMap((node) => node.guests);
  const names = new Set(guests.flatMap(({ marker }) => marker?.name ?? []));
  return {
    templates: [...names].toSorted().map((name) => readingOf(name, guests, nodes)),
    strangers: guests
      .flatMap((guest) => strangerOf(guest, names))
      .toSorted((one, other) => one.vmid - other.vmid),
  };
}

function readingOf(
  name: string,
  guests: readonly SeenGuest[],
  nodes: readonly NodeTemplates[],
): TemplateReading {
  const copyOf = (guest: MarkedGuest) => markedCopies(guest, nodes);
  const versions = versionsOf(name, guests).map(({ generation, copies }) => ({
    generation,
    copies: copies.flatMap(copyOf).toSorted((one, other) => one.node.localeCompare(other.node)),
  }));
  const inForce = versions[0]?.copies ?? [];
  return {
    name,
    versions,
    unfinished: unfinishedOf(name, guests).flatMap(copyOf),
    ...placesOf(inForce, nodes),
  };
}

/** Empty for a guest without a marker: then it is none of ours. */
function markedCopies(
  { vmid, node, name, template, marker, volumes }: MarkedGuest,
  nodes: readonly NodeTemplates[],
): readonly MarkedCopy[] {
  if (marker === undefined) return [];
  const seen = nodes.find((it) => it.node === node);
  const types = disksOf(volumes).map((volume) => storageIn(seen, storageOf(volume))?.type);
  const looked = seen?.contents === undefined ? {} : lookedAt(volumes, template, seen.contents);
  const hasUnknownClones = types.includes('lvmthin');
  return [{ vmid, node, name, isTemplate: template, marker, volumes, ...looked, hasUnknownClones }];
}

function lookedAt(
  volumes: readonly string[],
  isTemplate: boolean,
  contents: ReadonlyMap<string, readonly string[]>,
): Pick<MarkedCopy, 'faultyVolumes' | 'linkedClones'> {
  const clones = linkedClonesOf(volumes, [...contents.values()].flat());
  const owners = clones.flatMap((volume) => ownerOf(volume) ?? []);
  return {
    faultyVolumes: volumes.flatMap((volume) => faultOf(volume, isTemplate, contents)),
    linkedClones: [...new Set(owners)].toSorted((one, other) => one - other),
  };
}

function faultOf(
  volume: string,
  isTemplate: boolean,
  contents: ReadonlyMap<string, readonly string[]>,
): readonly FaultyVolume[] {
  const listed = contents.get(storageOf(volume));
  if (listed === undefined) return [{ volume, fault: 'unreadable' }];
  if (!listed.includes(volume)) return [{ volume, fault: 'missing' }];
  const isBase = /^base-\d+-/.test(volume.slice(Math.max(volume.indexOf(':'), volume.lastIndexOf('/')) + 1));
  return isTemplate && !isBase && !isCloudinitVolume(volume) ? [{ volume, fault: 'notBase' }] : [];
}

/** Where the version in force is wanting: nodes that have its storage for themselves. */
function placesOf(
  inForce: readonly MarkedCopy[],
  nodes: readonly NodeTemplates[],
): Pick<TemplateReading, 'lackingOn' | 'isShared'> {
  const has = new Set(inForce.map(({ node }) => node));
  const storages = new Set(inForce.flatMap(({ volumes }) => disksOf(volumes).map(storageOf)));
  const isShared = nodes.some(
    (node) => has.has(node.node) && [...storages].some((it) => storageIn(node, it)?.shared === true),
  );
  const able = nodes.filter((node) => [...storages].every((it) => storageIn(node, it)?.usable === true));
  const lackingOn = able.map(({ node }) => node).filter((node) => !has.has(node));
  return { lackingOn: isShared || storages.size === 0 ? [] : lackingOn, isShared };
}

function strangerOf(
  { vmid, node, name, template, markerState }: SeenGuest,
  names: ReadonlySet<string>,
): readonly StrangeTemplate[] {
  if (markerState === 'own' || !(template || names.has(name))) return [];
  return [{ vmid, node, name, isTemplate: template, marker: markerState }];
}

function disksOf(volumes: readonly string[]): readonly string[] {
  return volumes.filter((volume) => !isCloudinitVolume(volume));
}

function storageIn(node: NodeTemplates | undefined, storage: string): StorageView | undefined {
  return node?.storages.find((it) => it.storage === storage);
}
