import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates } from '../../simulator/http/certificates';
import { loadClusterConfig } from '../../src/config/load';
import { settingsHash } from '../../src/config/settingsHash';
import { temporaryFolder, writeConfig } from './writing';

const folder = temporaryFolder();
const text = [
  'cluster:',
  '  name: example',
  '  nodes:',
  '    - { name: pve01, host: pve01.example.net }',
  '  ca_file: ca.pem',
  'credentials:',
  '  file: token',
  '',
].join('\n');

const hashOf = (content: string) => settingsHash(loadClusterConfig(writeConfig(folder, content)));

test('the hash of settings stays the same under comments, and where only the file is another', () => {
  const before = hashOf(text);
  expect(hashOf(`# a comment\n${text}`)).toBe(before);
  const copy = join(folder, 'copy.yaml');
  writeFileSync(copy, text);
  expect(settingsHash(loadClusterConfig(copy))).toBe(before);
});

test('the hash of settings is another one for each setting, and for another CA certificate', async () => {
  const hashes = [
    hashOf(text),
    hashOf(`${text}limits: { target_memory_share: 55% }\n`),
    hashOf(text.replace('host: pve01', 'host: pve02')),
  ];
  for (const node of ['pve01', 'pve02']) {
    writeFileSync(join(folder, 'ca.pem'), (await makeCertificates([node])).certificateAuthorityPem);
    hashes.push(hashOf(text));
  }
  expect(new Set(hashes).size).toBe(5);
});
