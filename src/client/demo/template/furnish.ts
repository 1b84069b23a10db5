import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { sshHostOf } from '../../../activities/doctor/facts/seeNode';
import { loadClusterConfig } from '../../../config/load';
import { knownHostsFile } from '../../../config/paths';
import { ownFolder, shippedFolder } from '../../../runbooks/catalogue';
import { createSsh } from '../../../ssh/ssh';
import type { DemoImage } from '../scenario';
import type { DemoPlace } from '../stage';

/** The runbook whose template is made. */
export const templateRunbook = 'debian-13';

const conventions = {
  defaults: { storage: 'nas', network_bridge: 'vmbr0' },
  vmid_ranges: { templates: '900-999', vms: '1000-1999' },
};

/** Adds conventions to the configuration, runbooks beside it, and the way in over SSH. */
export async function furnishForTemplates({
  folder,
  simulator,
  scenario,
  configFile,
}: DemoPlace): Promise<void> {
  appendFileSync(configFile, stringify(conventions));
  const runbooks = ownFolder(dirname(configFile));
  mkdirSync(runbooks);
  writeFileSync(join(runbooks, `${templateRunbook}.md`), runbookOf(scenario.images));
  giveSshKey(join(folder, 'home'), simulator.rootSshKey);
  await acceptHostKeys(configFile);
}

/** The shipped runbook with the image that the simulated nodes can fetch. */
export function runbookOf([image]: readonly DemoImage[]): string {
  const shipped = readFileSync(join(shippedFolder, `${templateRunbook}.md`), 'utf8');
  const source = { url: image?.url, checksum: `sha512:${image?.checksums['sha512'] ?? ''}` };
  return shipped.replace(/^source:\n(?: {2}.*\n)+/m, () => stringify({ source }, { lineWidth: 0 }));
}

/** A home folder of the demo's own: no key and no setting of the user is used, and none is written. */
function giveSshKey(home: string, privateKey = ''): void {
  const ssh = join(home, '.ssh');
  mkdirSync(ssh, { recursive: true, mode: 0o700 });
  writeFileSync(join(ssh, 'id_ed25519'), privateKey, { mode: 0o600 });
  const settings = ['IdentityFile ~/.ssh/id_ed25519', 'IdentitiesOnly yes', 'IdentityAgent none'];
  writeFileSync(join(ssh, 'config'), ['Host *', ...settings.map((line) => `  ${line}`), ''].join('\n'));
  process.env['HOME'] = home;
}

/** As `pxm bootstrap` does once a person has compared them; here the nodes are our own processes. */
async function acceptHostKeys(configFile: string): Promise<void> {
  const { cluster, sshUser } = loadClusterConfig(configFile);
  const ssh = createSsh({ ownKnownHostsFile: knownHostsFile() });
  try {
    for (const node of cluster.nodes) {
      const host = sshHostOf(node, sshUser);
      await ssh.acceptHostKey(host, await ssh.hostKey(host));
    }
  } finally {
    ssh.close();
  }
}
