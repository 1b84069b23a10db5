import type { TemplateMarker } from '../../domain/template/marker';
import type { MarkedGuest } from './facts';

/** All copies of one generation of a template: one a node where its disks are local. */
export interface TemplateVersion {
  readonly generation: number;
  readonly copies: readonly MarkedGuest[];
}

/** The versions of a template that passed their boot test, newest first. The first one is in force. */
export function versionsOf(name: string, guests: readonly MarkedGuest[]): readonly TemplateVersion[] {
  const byGeneration = new Map<number, MarkedGuest[]>();
  for (const guest of guests) {
    const { marker } = guest;
    if (!guest.template || marker?.kind !== 'template' || marker.name !== name) continue;
    if (marker.generation === undefined) continue;
    byGeneration.set(marker.generation, [...(byGeneration.get(marker.generation) ?? []), guest]);
  }
  return [...byGeneration]
    .map(([generation, copies]) => ({
      generation,
      copies: copies.toSorted((one, other) => one.vmid - other.vmid),
    }))
    .toSorted((one, other) => other.generation - one.generation);
}

/** Names of the templates that have a version in force, sorted. */
export function namesInForce(guests: readonly MarkedGuest[]): readonly string[] {
  const names = guests.flatMap(({ template, marker }) =>
    template && marker?.kind === 'template' && marker.generation !== undefined ? [marker.name] : [],
  );
  return [...new Set(names)].sort();
}

/** What was begun under this name and is not in force: half built, not tested, or a test clone. */
export function unfinishedOf(name: string, guests: readonly MarkedGuest[]): readonly MarkedGuest[] {
  return guests.filter(
    ({ marker, template }) =>
      marker?.name === name && (marker.generation === undefined || marker.kind === 'test' || !template),
  );
}

/**
 * What earlier runs of the same operation have left: half built, not tested, or a test clone. None of them can be under
 * way, for there is one operation of an ID at a time. Test clones first: they depend on the templates.
 */
export function leftoversOf(
  name: string,
  guests: readonly MarkedGuest[],
  { operation, run }: Pick<TemplateMarker, 'operation' | 'run'>,
): readonly (MarkedGuest & { readonly marker: TemplateMarker })[] {
  return guests
    .flatMap((guest) => (guest.marker === undefined ? [] : [{ ...guest, marker: guest.marker }]))
    .filter(({ marker }) => marker.name === name && marker.generation === undefined)
    .filter(({ marker }) => marker.operation === operation && marker.run !== run)
    .toSorted((one, other) => Number(other.marker.kind === 'test') - Number(one.marker.kind === 'test'));
}

/** Guests that have the name and are not ours: left alone, but clones by name could mean them. */
export function namesakesOf(name: string, guests: readonly MarkedGuest[]): readonly MarkedGuest[] {
  return guests.filter((guest) => guest.name === name && guest.marker?.name !== name);
}

/** What becomes of an older version's copy. */
export interface Retirement {
  readonly guest: MarkedGuest;
  readonly generation: number;
  /** Linked clones of it, as volume ids. Any of them: it stays. */
  readonly linkedClones: readonly string[];
}

/**
 * Which copies of `older` versions (newest first) are beyond what is kept: `keep` of them stay. A version with
 * linked clones stays whatever its age: Proxmox would refuse to delete it, or (on LVM-thin) could not tell.
 */
export function retirements(
  older: readonly TemplateVersion[],
  keep: number,
  volumes: readonly string[],
): readonly Retirement[] {
  return older
    .slice(keep)
    .flatMap(({ generation, copies }) =>
      copies.map((guest) => ({ guest, generation, linkedClones: linkedClonesOf(guest.volumes, volumes) })),
    );
}

/** Volumes whose id says that they are linked clones of one of these (behaviour: 7.5; not on LVM-thin). */
export function linkedClonesOf(bases: readonly string[], volumes: readonly string[]): readonly string[] {
  return volumes.filter((volume) => bases.some((base) => volume.startsWith(`${base}/`)));
}
