import type { TaskRequest } from './taskOfRequest';

/** A volume of a storage, as a node names it. */
export interface VolumePlace {
  readonly node: string;
  readonly storage: string;
  /** With its storage, e.g. `local:import/a.qcow2`. */
  readonly volid: string;
}

const volumePath = /^\/nodes\/([^/]+)\/storage\/([^/]+)\/content\/([^/]+)$/;

/**
 * Which volume a request removes. Its task, `imgdel`, names no more than the storage (behaviour: 3.2): it can't be
 * told from others', but whether the volume is gone can be seen. Undefined: it removes none.
 */
export function removedVolume({ method, path }: Omit<TaskRequest, 'parameters'>): VolumePlace | undefined {
  const [, node, storage, name] = volumePath.exec(path) ?? [];
  if (method !== 'DELETE' || node === undefined || storage === undefined || name === undefined)
    return undefined;
  const volume = decodeURIComponent(name);
  return { node, storage, volid: volume.includes(':') ? volume : `${storage}:${volume}` };
}
