import { existsSync, lstatSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../config/requireFolder';
import type { AnsibleFolders } from './command';

/** What people install for their user with ansible-galaxy: found as if `~/.ansible` were in use. */
const installed = ['collections', 'roles', 'plugins'];

/** The folders that all runs on this machine share, below `base`; made where they are missing (0700). */
export function ansibleFolders(base: string): AnsibleFolders & { readonly runs: string } {
  const folders = { home: join(base, 'home'), sockets: join(base, 'cp'), runs: join(base, 'runs') };
  for (const folder of Object.values(folders)) makeFolder(folder);
  for (const name of installed) linkTo(join(homedir(), '.ansible', name), join(folders.home, name));
  return folders;
}

function linkTo(target: string, link: string): void {
  if (!existsSync(target) || lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  try {
    symlinkSync(target, link);
  } catch (error) {
    // Another worker of this machine has just made it.
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) throw error;
  }
}
