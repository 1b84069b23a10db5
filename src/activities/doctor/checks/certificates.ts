import type { Finding } from '../../../domain/checkup';
import type { PresentedCertificate } from '../../../proxmox/certificate';
import type { CheckupFacts, NodeFacts } from '../facts/facts';
import { maskOfSilence } from '../facts/silence';
import { failed, notChecked, ok, warning } from '../finding';

const dayMs = 24 * 3_600_000;
/** Proxmox renews the certificates that it made itself two weeks before their end: fewer days mean that it does not. */
const renewedBeforeDays = 14;

/** Whether each node's certificate is trusted, and how long it is valid. */
export function checkCertificates(facts: CheckupFacts): Finding[] {
  return [...insecure(facts), ...facts.nodes.map((node) => judge(node, facts))];
}

function judge({ node, certificate }: NodeFacts, { nowMs, config }: CheckupFacts): Finding {
  const { name, host } = node;
  if (!certificate.known) return notChecked('certificates', name, maskOfSilence(name));
  const { value } = certificate;
  if (value.distrust !== undefined) return distrusted(node, value, value.distrust.reason, config);
  const daysLeft = Math.floor((value.validUntilMs - nowMs) / dayMs);
  const renew = `Renew it: ssh ${host} 'pvecm updatecerts --force && systemctl restart pveproxy'\nThen see whether pins have to follow: pxm doctor --fix`;
  if (daysLeft < 0) return warning('certificates', name, 'its certificate has expired', renew);
  if (daysLeft < renewedBeforeDays)
    return warning('certificates', name, `its certificate expires in ${daysLeft} days`, renew);
  return ok('certificates', name, `its certificate is trusted, for ${daysLeft} more days`);
}

function distrusted(
  { name, host, fingerprint: pin }: NodeFacts['node'],
  { fingerprint, distrust }: PresentedCertificate,
  reason: string,
  { cluster }: CheckupFacts['config'],
): Finding {
  const folder = `/etc/pve/nodes/${name}`;
  const compare = `Compare it on the node's console: openssl x509 -noout -fingerprint -sha256 -in ${folder}/pveproxy-ssl.pem (where there is none: ${folder}/pve-ssl.pem)`;
  if (pin === undefined) {
    const byHand = `${compare}\nIf it is the one shown, set cluster.ca_file to the CA that signed it (of pve-ssl.pem it is /etc/pve/pve-root-ca.pem), or pin it for ${name}: fingerprint: "${fingerprint}"`;
    const isUntold = cluster.caFile === undefined;
    const advice =
      reason === 'CERT_HAS_EXPIRED'
        ? `Renew it: ssh ${host} 'pvecm updatecerts --force && systemctl restart pveproxy'`
        : isUntold
          ? `Let it be read over root's SSH and written down: pxm bootstrap\nOr by hand: ${byHand}`
          : byHand;
    return failed(
      'certificates',
      name,
      `its certificate is not trusted (${reason}): expected ${distrust?.expected ?? 'another one'}, got ${fingerprint}`,
      advice,
    );
  }
  return failed(
    'certificates',
    name,
    `its certificate has changed: expected ${pin}, got ${fingerprint}`,
    `${compare}\nOnly if it is the one shown, let it be put into cluster-config.yaml: pxm doctor --fix`,
    { fix: { kind: 'replacePin', node: name, fingerprint } },
  );
}

function insecure({ config }: CheckupFacts): Finding[] {
  if (config.cluster.tls === 'verify') return [];
  return [
    warning(
      'certificates',
      'cluster',
      'certificates are not verified: somebody between here and the nodes could read the token',
      'Take "tls: insecure" out of cluster-config.yaml and set ca_file to a copy of /etc/pve/pve-root-ca.pem',
    ),
  ];
}
