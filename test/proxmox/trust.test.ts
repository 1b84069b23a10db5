import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { makeCertificates } from '../../simulator/http/certificates';
import type { ClusterNode, ClusterSettings } from '../../src/config/clusterConfig';
import { version } from '../../src/proxmox/api/node';
import { createProxmoxClient } from '../../src/proxmox/client';
import { nothing } from '../../src/proxmox/schemas';
import { caFileWith, managerErrorOf, startRawNode, storeOf, useCleanUp } from './support';

const clean = useCleanUp();
const wrongPin = Array.from({ length: 32 }, () => 'AB').join(':');

async function start() {
  const seen: string[] = [];
  const { settings, fingerprint } = await startRawNode(clean, (request, response) => {
    seen.push(request.url ?? '');
    response.end('{"data":{"version":"8.4.1","release":"8.4"}}');
  });
  const { caFile = '', ...withoutCa } = settings;
  function connect(cluster: ClusterSettings, node: Partial<ClusterNode> = {}) {
    const nodes = cluster.nodes.map((one) => ({ ...one, ...node }));
    const client = createProxmoxClient({
      cluster: { ...cluster, nodes },
      credentials: storeOf(['a@pve!tt', 'secret']),
    });
    clean(() => client.close());
    return client;
  }
  return { seen, settings, withoutCa, caFile, fingerprint, connect };
}

test('a certificate signed by the configured CA is trusted', async () => {
  const { settings, connect } = await start();
  await expect(version(connect(settings))).resolves.toMatchObject({ version: '8.4.1' });
});

test('a certificate of the CA is trusted for the name of its node, not for that of another', async () => {
  const { settings, connect, seen } = await start();
  // The certificate is for 127.0.0.1, localhost and the node `raw`; this address is none of them.
  const host = '127.0.0.2';
  await version(connect(settings, { host, name: 'raw' }));
  const { problem } = await managerErrorOf(version(connect(settings, { host, name: 'other' })));
  expect(problem.code).toBe('TlsMismatch');
  expect(seen).toHaveLength(1);
});

test('a certificate of another CA is refused with both fingerprints, before anything is sent', async () => {
  const { withoutCa, connect, fingerprint, seen } = await start();
  const stranger = await makeCertificates([]);
  const caFile = caFileWith(stranger.certificateAuthorityPem, clean);
  const { problem } = await managerErrorOf(version(connect({ ...withoutCa, caFile })));
  expect(problem.code).toBe('TlsMismatch');
  expect(problem.failed).toContain(`got ${fingerprint}`);
  expect(problem.failed).toContain(new X509Certificate(readFileSync(caFile)).fingerprint256);
  expect(problem.remedy).toContain('pvenode cert info');
  expect(seen).toEqual([]);
});

test('without a CA file only public CAs are trusted', async () => {
  const { withoutCa, connect, seen } = await start();
  const { problem } = await managerErrorOf(version(connect(withoutCa)));
  expect(problem.code).toBe('TlsMismatch');
  expect(problem.failed).toContain('public CA');
  expect(seen).toEqual([]);
});

test('the pinned certificate is trusted without its CA', async () => {
  const { withoutCa, connect, fingerprint } = await start();
  await expect(version(connect(withoutCa, { fingerprint }))).resolves.toMatchObject({ version: '8.4.1' });
});

test('another certificate than the pinned one is refused with both fingerprints, even if the CA signed it', async () => {
  const { settings, connect, fingerprint, seen } = await start();
  const { problem } = await managerErrorOf(version(connect(settings, { fingerprint: wrongPin })));
  expect(problem.code).toBe('TlsMismatch');
  expect(problem.failed).toContain(`expected ${wrongPin}, got ${fingerprint}`);
  expect(seen).toEqual([]);
});

test('a change to a node that is not trusted is not sent, and not called unknown', async () => {
  const { settings, connect, seen } = await start();
  const client = connect(settings, { fingerprint: wrongPin });
  const { code } = await managerErrorOf(client.change({ method: 'POST', path: '/x' }, nothing));
  expect(code).toBe('TlsMismatch');
  expect(seen).toEqual([]);
});

test('insecure accepts every certificate, and the client says so', async () => {
  const { withoutCa, connect } = await start();
  const client = connect({ ...withoutCa, tls: 'insecure' });
  await expect(version(client)).resolves.toMatchObject({ version: '8.4.1' });
  expect(client.tls).toBe('insecure');
});

test('an unreadable CA file is a configuration error that names the file', async () => {
  const { withoutCa, connect } = await start();
  expect(() => connect({ ...withoutCa, caFile: '/nowhere/ca.pem' })).toThrow(/\/nowhere\/ca\.pem/);
});
