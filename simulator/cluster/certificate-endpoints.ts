import { X509Certificate } from 'node:crypto';
import type { ApiCall, EndpointTable } from '../http/call';

/** GET certificates/info: what the published schema says of it (no recording asked for it). */
export const certificateEndpoints: EndpointTable = {
  'GET /nodes/{node}/certificates': () => ['acme', 'custom', 'info'].map((name) => ({ name })),
  'GET /nodes/{node}/certificates/info': listCertificates,
};

function listCertificates({ cluster, node }: ApiCall): unknown {
  return [
    certificateRow('pve-root-ca.pem', cluster.certificateAuthorityPem),
    certificateRow('pve-ssl.pem', node.certificatePem),
  ];
}

function certificateRow(filename: string, pem: string): Record<string, unknown> {
  const certificate = new X509Certificate(pem);
  const key = certificate.publicKey;
  const names = certificate.subjectAltName?.split(', ').map((name) => name.replace(/^[^:]+:/, '')) ?? [];
  return {
    filename,
    fingerprint: certificate.fingerprint256,
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    notbefore: Math.floor(Date.parse(certificate.validFrom) / 1000),
    notafter: Math.floor(Date.parse(certificate.validTo) / 1000),
    'public-key-type': key.asymmetricKeyType === 'ec' ? 'id-ecPublicKey' : 'rsaEncryption',
    'public-key-bits': key.asymmetricKeyDetails?.modulusLength ?? 256,
    ...(names.length === 0 ? {} : { san: names }),
    pem,
  };
}

/** `/CN=a/O=b`, as OpenSSL's one-line form. */
function distinguishedName(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `/${line}`)
    .join('');
}
