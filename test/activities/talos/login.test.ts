import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { saveEtcd } from '../../../src/activities/talos/clusters';
import { useCleanUp } from '../../proxmox/support';
import { talosStage } from './stage';

const clean = useCleanUp();
const dayMs = 86_400_000;

/** A certificate as it stands in a talosconfig. */
async function certificateUntil(notAfter: Date): Promise<string> {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ serialNumber: '01', name: 'O=os:admin', keys, signingAlgorithm: algorithm },
    ...{ notBefore: new Date(notAfter.getTime() - 365 * dayMs), notAfter },
  });
  return Buffer.from(certificate.toString('pem')).toString('base64');
}

test('what etcd holds is saved also where the login is missing, old, or over: it is made again', async () => {
  const { dependencies, attempt, running, control } = await talosStage(clean);
  const { files, on } = await running(1, 0);
  const talosconfig = join(files.folder, 'talosconfig');
  const text = () => readFileSync(talosconfig, 'utf8');
  const before = control.calls().length;
  const save = () => saveEtcd(dependencies, attempt, { files, on, name: 'before-it-goes' });

  await save();
  const made = () =>
    control
      .calls()
      .slice(before)
      .filter(({ argv }) => argv.slice(0, 2).join(' ') === 'gen config');
  expect(made()).toEqual([]);

  rmSync(talosconfig);
  await save();
  expect(made()).toHaveLength(1);
  expect(made()[0]?.argv.slice(2, 4)).toEqual(['staging', 'https://10.5.0.11:6443']);
  expect(statSync(talosconfig).mode & 0o777).toBe(0o600);

  const missing = text();
  const old = new Date(Date.now() - 40 * dayMs);
  utimesSync(talosconfig, old, old);
  await save();
  const renewed = text();
  expect(renewed).not.toBe(missing);

  // It came back from a backup, as of a year ago.
  const withCertificate = async (until: number) => {
    const certificate = await certificateUntil(new Date(until));
    writeFileSync(talosconfig, renewed.replace(/crt: .*/, `crt: ${certificate}`));
    return text();
  };
  await withCertificate(Date.now() - dayMs);
  await save();
  expect(made()).toHaveLength(3);
  const lasting = await withCertificate(Date.now() + 300 * dayMs);
  await save();
  expect(made()).toHaveLength(3);
  expect(text()).toBe(lasting);
});
