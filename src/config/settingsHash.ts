import { createHash } from 'node:crypto';
import { readCertificateAuthority } from './certificateAuthority';
import type { ClusterConfig } from './clusterConfig';

/**
 * One text for all settings that a worker reads once, at its start: sha256 in hexadecimal of what the file means
 * (comments and its place don't count) and of the CA certificate that it names. No secret is in it: the
 * configuration only says where the token is, and that is read anew when it is refused.
 */
export function settingsHash(config: ClusterConfig): string {
  const { caFile } = config.cluster;
  const certificateAuthority = caFile === undefined ? undefined : readCertificateAuthority(caFile);
  const settings = JSON.stringify({ ...config, file: undefined, certificateAuthority });
  return createHash('sha256').update(settings).digest('hex');
}
