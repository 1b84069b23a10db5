import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sshHostOf } from '../../../activities/doctor/facts/seeNode';
import { loadClusterConfig } from '../../../config/load';
import { knownHostsFile } from '../../../config/paths';
import { createSsh } from '../../../ssh/ssh';
import type { DemoPlace } from '../stage';

/** The runbook whose template is made. */
export const templateRunbook = 'debian-13';

/** The way in over SSH, which steps of runbooks need. */
export async function furnishForTemplates({ folder, simulator, configFile }: DemoPlace): Promise<void> {
  giveSshKey(join(folder, 'home'), simulator.rootSshKey);
  await acceptHostKeys(configFile);
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
