import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Site } from './equipment';

/** Makes a home folder as a person's whose SSH key root's account takes on every node; the host keys are known. Returns it. */
export async function makeRootHome({ folder, stateFolder, simulator }: Site): Promise<string> {
  const { nodes, rootSshKey } = simulator;
  const home = join(folder, 'home');
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  await writeFile(join(home, '.ssh/id_ed25519'), rootSshKey.privateKey, { mode: 0o600 });
  const hostKeys = nodes.map(({ ssh }) => `[${ssh.host}]:${ssh.port} ${ssh.hostKey}\n`);
  await writeFile(join(stateFolder, 'known_hosts'), hostKeys.join(''));
  return home;
}
