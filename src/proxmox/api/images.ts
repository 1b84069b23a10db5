import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { apiPath } from '../path';
import { maybe, numeric } from '../schemas';

const metadata = z
  .object({ filename: maybe(z.string()), size: maybe(numeric), mimetype: maybe(z.string()) })
  .transform(({ size }) => ({ sizeBytes: size }));

/**
 * `GET /nodes/{node}/query-url-metadata`: what the web server tells the node of a file. Fails with Proxmox's
 * `invalid server response: '404 Not Found'` and the like (recordings: f1).
 */
export async function urlMetadata(
  client: ProxmoxClient,
  where: { readonly node: string; readonly url: string },
  options: CallOptions = {},
): Promise<{ readonly sizeBytes: number | undefined }> {
  const { node, url } = where;
  const path = apiPath`/nodes/${node}/query-url-metadata`;
  return client.read({ ...options, node, path, query: { url }, kind: 'slow' }, metadata);
}
