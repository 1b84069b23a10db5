import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';

import {
  expectedCaFile,
  readCertificateAuthority,
  type CertificateAuthority,
} from '../config/certificateAuthority';
import type { ClusterNode, ClusterSettings } from '../config/clusterConfig';
import { ManagerError, problem } from '../domain/errors';

/** Why a certificate is not trusted. Fingerprints are sha256 as `AA:BB:...`. */
export interface Distrust {
  readonly expected: string;
  readonly presented: string;
  readonly reason: string;
}

/** The part of TLS options that decides about trust. */
interface TrustOptions {
  readonly rejectUnauthorized: false;
  readonly ca?: string;
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** How the certificate of one node is judged. */
export interface NodeTrust {
  readonly tlsOptions: TrustOptions;
  /** Judges the certificate of a connection that has carried no request yet. Undefined: trusted. */
  judge(socket: TLSSocket): Distrust | undefined;
}

/**
 * Makes the judge for one node. A pin alone decides; else a CA file; else the public CAs.
 * OpenSSL itself is told to go on in every case, because it would hide the certificate that it refuses: the
 * judgement here comes before the connection is handed to the HTTP client, so nothing is sent before it.
 */
export function createNodeTrust(cluster: ClusterSettings, node: ClusterNode): NodeTrust {
  if (cluster.tls === 'insecure') {
    return { tlsOptions: { rejectUnauthorized: false }, judge: () => undefined };
  }
  const pin = node.fingerprint;
  if (pin !== undefined) {
    return { tlsOptions: { rejectUnauthorized: false }, judge: (socket) => judgePin(socket, pin) };
  }
  const ca = cluster.caFile === undefined ? undefined : readCaFile(cluster.caFile);
  return {
    tlsOptions: {
      rejectUnauthorized: false,
      ...(ca === undefined
        ? {}
        : {
            ca: ca.pem,
            // The cluster's own CA signs for its nodes' names as well as for the address we use.
            checkServerIdentity: (host, certificate) =>
              checkServerIdentity(host, certificate) && checkServerIdentity(node.name, certificate),
          }),
    },
    judge: (socket) => judgeChain(socket, ca?.fingerprint),
  };
}

function judgePin(socket: TLSSocket, pin: string): Distrust | undefined {
  const presented = presentedFingerprint(socket);
  if (presented === pin.toUpperCase()) return undefined;
  return { expected: pin.toUpperCase(), presented, reason: 'it is not the pinned certificate' };
}

function judgeChain(socket: TLSSocket, caFingerprint: string | undefined): Distrust | undefined {
  if (socket.authorized) return undefined;
  return {
    expected: caFingerprint === undefined ? 'one signed by a public CA' : `one signed by CA ${caFingerprint}`,
    presented: presentedFingerprint(socket),
    reason: String(socket.authorizationError),
  };
}

function presentedFingerprint(socket: TLSSocket): string {
  return socket.getPeerX509Certificate()?.fingerprint256 ?? 'none';
}

function readCaFile(path: string): CertificateAuthority {
  const read = readCertificateAuthority(path);
  if (!('refused' in read)) return read;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `read the CA file ${path}`,
      failed: `it ${read.refused}`,
      remedy: `Name ${expectedCaFile}.`,
    }),
  );
}
