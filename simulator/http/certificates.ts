import 'reflect-metadata';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import { isIP } from 'node:net';
import path from 'node:path';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const tenYearsSeconds = 10 * 365 * 24 * 3600;

/** A certificate and its key, in PEM. */
export interface CertificateAndKey {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** How a node's new certificate differs from a good one. */
export interface CertificateWish {
  /** How long it is valid from now on; negative: it expired so long ago. Ten years by default. */
  readonly validForSeconds?: number;
  /** Names and addresses it is for; by default the node's name, localhost and 127.0.0.1. */
  readonly names?: readonly string[];
  /** `stranger`: signed by an authority that nobody trusts. */
  readonly signedBy?: 'cluster' | 'stranger';
}

/** What the servers of a cluster present. */
export interface ClusterCertificates {
  readonly certificateAuthorityPem: string;
  readonly ofNode: ReadonlyMap<string, CertificateAndKey>;
  /** Makes another certificate for a node; it is not kept in the folder. */
  issue(node: string, wish: CertificateWish): Promise<CertificateAndKey>;
}

/** SHA-256 of a certificate as Proxmox shows it: `AA:BB:...`. */
export function fingerprintOf(certificatePem: string): string {
  return new NodeCertificate(certificatePem).fingerprint256;
}

/** Of the clusters of this process whose certificates are in no folder, by the names of their nodes. */
const madeInProcess = new Map<string, Promise<ClusterCertificates>>();

/**
 * A certificate authority and one certificate a node, valid for 127.0.0.1, localhost and the node's name. With a folder
 * they are kept there (keys 0600) and used again, so that pins survive a restart. Without one they are those of the
 * cluster of this process that had nodes of the same names: making them takes longer than the rest of a start.
 */
export function makeCertificates(nodes: readonly string[], folder?: string): Promise<ClusterCertificates> {
  if (folder !== undefined) return keptOrMadeCertificates(nodes, folder);
  const names = JSON.stringify(nodes);
  const made = madeInProcess.get(names) ?? keptOrMadeCertificates(nodes, undefined);
  madeInProcess.set(names, made);
  return made;
}

async function keptOrMadeCertificates(
  nodes: readonly string[],
  folder: string | undefined,
): Promise<ClusterCertificates> {
  x509.cryptoProvider.set(webcrypto);
  const authority = await keptOrMade(folder, 'ca', () => makeAuthority());
  const signer = await signerOf(authority);
  const ofNode = new Map<string, CertificateAndKey>();
  for (const node of nodes)
    ofNode.set(node, await keptOrMade(folder, node, () => makeNodeCertificate(node, signer)));
  const issue = async (node: string, wish: CertificateWish): Promise<CertificateAndKey> => {
    const by = wish.signedBy === 'stranger' ? await signerOf(await makeAuthority('another cluster')) : signer;
    return makeNodeCertificate(node, by, wish);
  };
  return { certificateAuthorityPem: authority.certificatePem, ofNode, issue };
}

async function signerOf({ certificatePem, keyPem }: CertificateAndKey): Promise<Signer> {
  return { certificate: new x509.X509Certificate(certificatePem), key: await importKey(keyPem) };
}

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

async function makeAuthority(unit = 'simulated'): Promise<CertificateAndKey> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=Proxmox Virtual Environment, OU=${unit}, O=PVE Cluster Manager CA`,
    ...validity(),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificatePem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) };
}

async function makeNodeCertificate(
  node: string,
  signer: Signer,
  wish: CertificateWish = {},
): Promise<CertificateAndKey> {
  const names = wish.names ?? ['127.0.0.1', 'localhost', node];
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject: `CN=${node}, OU=PVE Cluster Node, O=Proxmox Virtual Environment`,
    issuer: signer.certificate.subject,
    ...validity(wish.validForSeconds),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: signer.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    ],
  });
  return { certificatePem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) };
}

function validity(validForSeconds = tenYearsSeconds): { notBefore: Date; notAfter: Date } {
  const end = Date.now() + validForSeconds * 1000;
  return { notBefore: new Date(Math.min(Date.now(), end) - 3600 * 1000), notAfter: new Date(end) };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(keyPem);
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
}

async function keptOrMade(
  folder: string | undefined,
  name: string,
  make: () => Promise<CertificateAndKey>,
): Promise<CertificateAndKey> {
  if (folder === undefined) return make();
  const certificateFile = path.join(folder, `${name}.pem`);
  const keyFile = path.join(folder, `${name}.key`);
  if (existsSync(certificateFile) && existsSync(keyFile)) {
    return { certificatePem: readFileSync(certificateFile, 'utf8'), keyPem: readFileSync(keyFile, 'utf8') };
  }
  const made = await make();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(certificateFile, made.certificatePem);
  writeFileSync(keyFile, made.keyPem, { mode: 0o600 });
  return made;
}
