import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { flagOrNo, maybe } from '../schemas';

const list = (text: string | undefined): string[] => (text ?? '').split(',').filter((word) => word !== '');

const definition = z
  .object({
    storage: z.string(),
    type: z.string(),
    content: maybe(z.string()),
    nodes: maybe(z.string()),
    path: maybe(z.string()),
    disable: flagOrNo,
  })
  .transform(({ storage, type, content, nodes, path, disable }) => ({
    storage,
    type,
    content: list(content),
    /** The nodes that it is limited to; undefined: all. */
    nodes: nodes === undefined ? undefined : list(nodes),
    /** Folder on the nodes, of types that have one. */
    path,
    disabled: disable,
  }));

/** A storage as the cluster's configuration defines it. */
export type StorageDefinition = z.infer<typeof definition>;

/** `GET /storage`: those that the token may see (Datastore.Audit or Datastore.AllocateSpace on them). */
export async function storageDefinitions(
  client: ProxmoxClient,
  options: CallOptions = {},
): Promise<StorageDefinition[]> {
  return client.read({ ...options, path: '/storage' }, z.array(definition));
}
