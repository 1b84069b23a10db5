import { X509Certificate } from 'node:crypto';

import type { ClusterNode, ClusterSettings } from '../../config/clusterConfig';
import type { CollectedTrust, NodeCertificate } from '../../domain/access';
import { ManagerError, problem } from '../../domain/errors';
import type { RootShell } from './rootShell';

/**
 * The certificate of every configured node and the cluster's CA, from the cluster file system, so one node is enough.
 * pveproxy shows pveproxy-ssl.pem where it exists, else pve-ssl.pem (behaviour: certificates). A node without a
 * certificate under its name is left out.
 */
export async function collectTrust(shell: RootShell, cluster: ClusterSettings): Promise<CollectedTrust> {
  const nodes: NodeCertificate[] = [];
  const authority = await shell.readFile('/etc/pve/pve-root-ca.pem');
  for (const node of cluster.nodes) {
    const folder = `/etc/pve/nodes/${node.name}`;
    const pem =
      (await shell.readFile(`${folder}/pveproxy-ssl.pem`)) ?? (await shell.readFile(`${folder}/pve-ssl.pem`));
    if (pem !== undefined) nodes.push(certificateOf(pem, node, cluster, authority));
  }
  return {
    nodes,
    ...(authority === undefined ? {} : { certificateAuthorityPem: authority.toString('utf8') }),
  };
}

/**
 * The cluster as it can be trusted now: where nothing is configured for a node, the certificate that was read over the
 * verified SSH connection is the pin.
 */
export function trustingCluster(cluster: ClusterSettings, trust: CollectedTrust): ClusterSettings {
  return {
    ...cluster,
    nodes: cluster.nodes.map((node) => {
      const seen = trust.nodes.find((it) => it.node === node.name);
      return seen?.configured === 'nothing' ? { ...node, fingerprint: seen.fingerprint } : node;
    }),
  };
}

function certificateOf(
  pem: Buffer,
  node: ClusterNode,
  cluster: ClusterSettings,
  authority: Buffer | undefined,
): NodeCertificate {
  try {
    const certificate = new X509Certificate(pem);
    return {
      node: node.name,
      fingerprint: certificate.fingerprint256,
      validUntil: new Date(certificate.validTo).toISOString(),
      configured: configuredFor(node, cluster, certificate.fingerprint256),
      trustedByAuthority: authority !== undefined && isTrustedBy(authority, certificate, node),
    };
  } catch {
    throw new ManagerError(
      problem('AnswerUnreadable', {
        attempted: `read the certificate of ${node.name}`,
        failed: 'the file holds no certificate',
      }),
    );
  }
}

/** As a connection judges it that has only the CA: signed by it, and for the host or the node's name. */
function isTrustedBy(authority: Buffer, certificate: X509Certificate, { host, name }: ClusterNode): boolean {
  try {
    const issuer = new X509Certificate(authority);
    const isSigned = certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
    const names = [certificate.checkIP(host), certificate.checkHost(host), certificate.checkHost(name)];
    return isSigned && names.some((it) => it !== undefined);
  } catch {
    return false;
  }
}

function configuredFor(
  node: ClusterNode,
  { tls, caFile }: ClusterSettings,
  fingerprint: string,
): NodeCertificate['configured'] {
  if (node.fingerprint !== undefined) return node.fingerprint === fingerprint ? 'pinned' : 'otherPin';
  if (tls === 'insecure') return 'insecure';
  return caFile === undefined ? 'nothing' : 'caFile';
}
