import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { ClusterNode, ClusterSettings } from '../config/clusterConfig';
import { ManagerError, problem } from '../domain/errors';
import { createNodeTrust, type Distrust } from './trust';

/** The certificate that a node presents to clients, and whether the configuration trusts it. */
export interface PresentedCertificate {
  /** sha256 as `AA:BB:...`. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly validUntilMs: number;
  /** Absent: trusted, or not verified at all (`tls: insecure`). */
  readonly distrust?: Distrust;
}

/**
 * Looks at the certificate of a node's API; sends nothing. Throws NodeUnreachable if there is no TLS connection within
 * the time limit, ConfigInvalid for an unreadable CA file, Interrupted when aborted.
 */
export async function lookAtCertificate(
  cluster: ClusterSettings,
  node: ClusterNode,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<PresentedCertificate> {
  const trust = createNodeTrust(cluster, node);
  const limit = AbortSignal.timeout(timeoutMs);
  const over = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const socket = connect({
    host: node.host,
    port: node.apiPort,
    ...(isIP(node.host) === 0 ? { servername: node.host } : {}),
    ...trust.tlsOptions,
  });
  try {
    await secured(socket, over);
    // Not getPeerX509Certificate: Node gives that certificate once only, and the judge needs it.
    const certificate = socket.getPeerCertificate();
    const distrust = trust.judge(socket);
    return {
      fingerprint: certificate.fingerprint256,
      validUntilMs: Date.parse(certificate.valid_to),
      ...(distrust === undefined ? {} : { distrust }),
    };
  } catch (error) {
    if (error instanceof ManagerError) throw error;
    const cancelled = signal?.aborted === true;
    throw new ManagerError(
      problem(cancelled ? 'Interrupted' : 'NodeUnreachable', {
        attempted: `look at the certificate of ${node.name} (${node.host}:${node.apiPort})`,
        failed: cancelled
          ? 'the call was cancelled'
          : limit.aborted
            ? 'no answer within the time limit'
            : `no connection (${codeOf(error)})`,
      }),
    );
  } finally {
    socket.destroy();
  }
}

function secured(socket: TLSSocket, over: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    over.addEventListener('abort', () => reject(new Error('over')), { once: true });
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'the connection was closed';
}
