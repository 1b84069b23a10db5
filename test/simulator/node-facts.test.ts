import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { z } from 'zod';
import { startSimulator, type Simulator } from '../../simulator';
import { send, smallScenario } from './client';

const certificateRows = z.array(z.looseObject({ filename: z.string(), notafter: z.number() }));

/** What a node's server presents, and what a client that trusts the cluster's authority says of it. */
function presented(simulator: Simulator, name: string): Promise<{ fingerprint: string; complaint: string }> {
  const node = simulator.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: node.host, port: node.port, ca: simulator.certificateAuthorityPem, rejectUnauthorized: false },
      () => {
        const { raw } = socket.getPeerCertificate();
        const complaint = socket.authorized ? '' : String(socket.authorizationError);
        socket.destroy();
        resolve({ fingerprint: new X509Certificate(raw).fingerprint256, complaint });
      },
    );
    socket.once('error', reject);
  });
}

describe('nodes that differ', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({
      scenario: {
        ...smallScenario,
        nodes: [
          { name: 'pve01' },
          {
            name: 'pve02',
            clock_offset: 40,
            exact_version: { version: '8.4.9' },
            bridges: ['vmbr0', 'vmbr7'],
          },
        ],
        guests: [],
      },
      speed: 50,
    });
  });
  afterAll(() => simulator.close());

  const get = async (path: string): Promise<unknown> => {
    const { json } = await send(simulator, { path });
    return typeof json === 'object' && json !== null && 'data' in json ? json.data : json;
  };

  test('tell their own version, bridges and time', async () => {
    expect(await get('/nodes/pve01/version')).toMatchObject({ version: '8.4.1' });
    expect(await get('/nodes/pve02/version')).toMatchObject({ version: '8.4.9' });
    expect(await get('/nodes/pve02/network?type=bridge')).toMatchObject([
      { iface: 'vmbr0' },
      { iface: 'vmbr7' },
    ]);
    const times = await Promise.all(['pve01', 'pve02'].map((name) => get(`/nodes/${name}/time`)));
    const [ofOne = 0, ofOther = 0] = times.map((time) =>
      typeof time === 'object' && time !== null && 'time' in time ? Number(time.time) : NaN,
    );
    expect(ofOther - ofOne).toBeGreaterThan(30);
  });

  test('present another certificate once it was changed, and say so in every list', async () => {
    const before = await presented(simulator, 'pve01');
    expect(before).toEqual({ fingerprint: simulator.nodes[0]?.fingerprintSha256, complaint: '' });
    const changed = await simulator.control.changeCertificate('pve01', { validForSeconds: 5 * 24 * 3600 });
    expect(await presented(simulator, 'pve01')).toEqual({ fingerprint: changed, complaint: '' });
    const rows = await get('/nodes/pve01/certificates/info');
    const own = certificateRows.parse(rows).find(({ filename }) => filename === 'pve-ssl.pem');
    expect(own).toMatchObject({ fingerprint: changed, san: ['127.0.0.1', 'localhost', 'pve01'] });
    expect(Number(own?.notafter)).toBeLessThan(Date.now() / 1000 + 6 * 24 * 3600);
  });

  test('can have certificates that no client should take', async () => {
    await simulator.control.changeCertificate('pve01', { validForSeconds: -60 });
    expect((await presented(simulator, 'pve01')).complaint).toMatch(/CERT_HAS_EXPIRED/);
    await simulator.control.changeCertificate('pve01', { signedBy: 'stranger' });
    expect((await presented(simulator, 'pve01')).complaint).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|ISSUER/);
    await simulator.control.changeCertificate('pve01', { names: ['elsewhere.example'] });
    expect((await presented(simulator, 'pve01')).complaint).not.toBe('');
  });
});
