import type { Finding } from '../../../src/domain/checkup';
import { ManagerError } from '../../../src/domain/errors';
import { version } from '../../../src/proxmox/api/node';
import { createProxmoxClient } from '../../../src/proxmox/client';
import { healthyScenario, openCheckupLab, type CheckupLab, type LabConfig } from './support/checkupLab';

const otherPin = Array.from({ length: 32 }, () => 'AB').join(':');
const fingerprint = '([0-9A-F]{2}:){31}[0-9A-F]{2}';

interface Case {
  readonly trust: NonNullable<LabConfig['trust']>;
  readonly pins?: LabConfig['pins'];
  /** What pve02 shows; absent: what it had at the start. */
  readonly shows?: Parameters<CheckupLab['simulator']['control']['changeCertificate']>[1];
  /** What the finding says; absent: it is fine. */
  readonly finds?: RegExp;
  /** What its remedy leads to. */
  readonly remedy?: string;
  /** What whoever asks the node is told; absent: it answers. */
  readonly refuses?: RegExp;
}

/** What a certificate can be, each with its message: the words of pxm doctor, and of a request that is not sent. */
const cases: readonly (readonly [string, Case])[] = [
  ['is pinned', { trust: 'pins' }],
  [
    'is another one than the pinned one',
    {
      trust: 'pins',
      pins: { pve02: otherPin },
      finds: new RegExp(`^its certificate has changed: expected ${otherPin}, got ${fingerprint}$`),
      remedy:
        'openssl x509 -noout -fingerprint -sha256 -in /etc/pve/nodes/pve02/pveproxy-ssl.pem (where there is none: /etc/pve/nodes/pve02/pve-ssl.pem)',
      refuses: new RegExp(`expected ${otherPin}, got ${fingerprint}`),
    },
  ],
  ['is signed by the CA', { trust: 'authority' }],
  [
    'has expired',
    {
      trust: 'authority',
      shows: { validForSeconds: -60 },
      finds: new RegExp(`^its certificate is not trusted \\(CERT_HAS_EXPIRED\\): .* got ${fingerprint}$`),
      remedy: 'pvecm updatecerts --force && systemctl restart pveproxy',
      refuses: /CERT_HAS_EXPIRED/,
    },
  ],
  [
    'is signed by the wrong CA',
    {
      trust: 'authority',
      shows: { signedBy: 'stranger' },
      finds: new RegExp(
        `^its certificate is not trusted \\([A-Z_]+\\): expected one signed by CA ${fingerprint}, got ${fingerprint}$`,
      ),
      remedy: '/etc/pve/pve-root-ca.pem',
      refuses: /expected one signed by CA .*, got /,
    },
  ],
  [
    'is for the wrong host name',
    {
      trust: 'authority',
      shows: { names: ['elsewhere.example'] },
      finds: /^its certificate is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
      remedy: 'fingerprint: "',
      refuses: /ERR_TLS_CERT_ALTNAME_INVALID/,
    },
  ],
  [
    'is signed by nobody whom the configuration names',
    {
      trust: 'nothing',
      finds: /^its certificate is not trusted \([A-Z_]+\)/,
      remedy: 'pxm bootstrap',
      refuses: /public CA/,
    },
  ],
  ['is not verified at all, on demand', { trust: 'insecure', shows: { signedBy: 'stranger' } }],
];

describe('a certificate that', () => {
  it.each(cases)('%s', async (_title, { trust, pins = {}, shows, finds, remedy, refuses }) => {
    const lab = await openCheckupLab(healthyScenario('9'), { trust, pins });
    try {
      if (shows !== undefined) await lab.simulator.control.changeCertificate('pve02', shows);
      const { findings } = await lab.checkUp();
      const isOurs = ({ check, where }: Finding) => check === 'certificates' && where === 'pve02';
      const finding = findings.find(isOurs);
      expect(finding?.status).toBe(finds === undefined ? 'ok' : 'failed');
      if (finds !== undefined) expect(finding?.what).toMatch(finds);
      if (remedy !== undefined) expect(finding?.remedy).toContain(remedy);

      const before = lab.simulator.control.requests().length;
      const error = await askPve02(lab);
      const sent = lab.simulator.control.requests().length - before;
      expect([error?.code, sent]).toEqual(refuses === undefined ? [undefined, 1] : ['TlsMismatch', 0]);
      if (refuses !== undefined) expect(error?.problem.failed).toMatch(refuses);
    } finally {
      await lab.close();
    }
  });
});

/** One request to that node; the error it ends with. */
async function askPve02(lab: CheckupLab): Promise<ManagerError | undefined> {
  const { config, credentials } = lab.dependencies();
  const nodes = config.cluster.nodes.filter(({ name }) => name === 'pve02');
  const client = createProxmoxClient({ cluster: { ...config.cluster, nodes }, credentials });
  try {
    await version(client);
    return undefined;
  } catch (error) {
    if (error instanceof ManagerError) return error;
    throw error;
  } finally {
    await client.close();
  }
}
