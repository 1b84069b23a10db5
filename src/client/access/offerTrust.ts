import { certificateAuthorityFile, writeCertificateAuthority, writePins } from '../../config/writeTrust';
import type { CollectedTrust, NodeCertificate } from '../../domain/access';
import type { Session } from '../session';
import { choose } from '../view/prompt';

/** What is written into the configuration: a fingerprint for each node, or the cluster's CA. */
export type TrustForm = 'pins' | 'ca';

/**
 * Offers to write what makes the nodes' certificates trusted into the configuration, where it says nothing about them.
 * It was read over SSH from verified hosts. Without a terminal only `wanted` is written; the CA only if it makes all of
 * these certificates trusted.
 */
export async function offerTrust(
  session: Session,
  trust: CollectedTrust,
  wanted: TrustForm | undefined,
): Promise<void> {
  const { output } = session;
  const open = trust.nodes.filter(({ configured }) => configured === 'nothing');
  for (const { node, fingerprint } of trust.nodes.filter(({ configured }) => configured === 'otherPin')) {
    output.note(
      `The configuration has another fingerprint for ${node}; its certificate is ${fingerprint}. To trust it: pxm doctor --fix`,
    );
  }
  if (open.length === 0) return;
  const authority = usableAuthority(session, trust, open, wanted);
  const form =
    wanted === 'pins' || (wanted === 'ca' && authority !== undefined)
      ? wanted
      : await ask(session, open.length, authority !== undefined);
  const { file } = session.config();
  if (form === 'leave') {
    output.note(
      `The certificates of the nodes are not trusted yet. To write that into the configuration: pxm bootstrap --write-trust pins${authority === undefined ? '' : ' (or ca)'}`,
    );
    return;
  }
  if (form === 'ca' && authority !== undefined) {
    writeCertificateAuthority(file, authority);
    output.note(`${file} names ${certificateAuthorityFile}, the cluster's CA, which is written beside it.`);
  } else {
    writePins(file, open);
    output.note(`${file} has the fingerprint of ${open.map(({ node }) => node).join(', ')}.`);
  }
  output.note(
    'A running worker reads the configuration when it starts again: pxm up sees to that on this machine',
  );
}

/** The CA, if it makes every open node trusted; else says why it does not, where anybody wants to know. */
function usableAuthority(
  { output }: Session,
  { certificateAuthorityPem }: CollectedTrust,
  open: readonly NodeCertificate[],
  wanted: TrustForm | undefined,
): string | undefined {
  const left = open.filter(({ trustedByAuthority }) => trustedByAuthority !== true).map(({ node }) => node);
  if (certificateAuthorityPem !== undefined && left.length === 0) return certificateAuthorityPem;
  const why =
    certificateAuthorityPem === undefined
      ? 'The cluster has no CA of its own (/etc/pve/pve-root-ca.pem)'
      : `The cluster's CA did not sign the certificate of ${left.join(', ')}, or not for the host in the configuration`;
  if (output.interactive || wanted === 'ca') output.note(`${why}: it is not written. Fingerprints can be.`);
  return undefined;
}

async function ask(session: Session, nodes: number, hasAuthority: boolean): Promise<TrustForm | 'leave'> {
  if (!session.output.interactive) return 'leave';
  const choices = [
    { value: 'pins' as const, name: `Write the fingerprints of ${nodes} nodes: exactly these certificates` },
    ...(hasAuthority
      ? [{ value: 'ca' as const, name: "Write the cluster's CA: every certificate that it signs for a node" }]
      : []),
    { value: 'leave' as const, name: 'Leave the configuration as it is' },
  ];
  const question = 'The configuration does not say yet how the certificates of the nodes are trusted.';
  const answer = await choose(session, question, choices, () => Promise.resolve(true));
  return answer === 'settled' ? 'leave' : answer;
}
