import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { reasonOfFailedRead } from './readFailure';

/** A CA certificate that nodes' certificates are judged by. */
export interface CertificateAuthority {
  readonly pem: string;
  /** sha256 as `AA:BB:...`. */
  readonly fingerprint: string;
}

/** What a CA file should be, for messages. */
export const expectedCaFile = 'a PEM file with the CA certificate (on a node: /etc/pve/pve-root-ca.pem)';

/** Reads a CA file; or why it is none, without any of its content: `does not exist`, `is no certificate in PEM form`. */
export function readCertificateAuthority(path: string): CertificateAuthority | { readonly refused: string } {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    return { refused: reasonOfFailedRead(error) };
  }
  try {
    return { pem, fingerprint: new X509Certificate(pem).fingerprint256 };
  } catch {
    return { refused: 'is no certificate in PEM form' };
  }
}
