import type { ClusterState } from './cluster/state';
import { fileOf } from './web/url-facts';

/** A storage, as far as a configuration that uses it has to know it. */
export interface SimulatedStorage {
  readonly id: string;
  readonly content: readonly string[];
  readonly shared: boolean;
}

/** An image at an address that the simulated nodes alone know. */
export interface SimulatedImage {
  readonly url: string;
  /** In hexadecimal. */
  readonly sha512: string;
}

/** The storages in the scenario's order. */
export function storagesForUsers({ storages }: ClusterState): readonly SimulatedStorage[] {
  return [...storages.values()].map(({ id, content, shared }) => ({ id, content: [...content], shared }));
}

/** What can be downloaded whole. */
export function imagesForUsers({ web }: ClusterState): readonly SimulatedImage[] {
  return [...web.values()]
    .filter(({ answer }) => answer === 'file')
    .map((facts) => ({ url: facts.url, sha512: fileOf(facts).checksums.sha512 }));
}
