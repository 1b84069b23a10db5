import { dirname } from 'node:path';
import { mayBeSecret, type Finding } from '../findings';
import { at, listAt, textAt } from '../lookup';
import { readPublicKeys } from '../publicKeys';
import { absolutePath } from '../resolve';
import type { RuleContext } from './rules/context';

/** Keys, or what is wrong with where they should come from. */
type KeySource = { readonly keys: readonly string[] } | { readonly finding: Finding };

/**
 * The public keys that a profile of the type cloudinit gives its machines: listed, or of the file that it names, or of
 * the one of the conventions. Files are read here, on the machine where this runs. With user data of its own there are
 * none: Proxmox then puts no keys into the cloud-init drive.
 */
export function sshKeysOf(value: unknown, context: RuleContext): KeySource {
  const section = at(value, ['cloudinit']);
  if (at(section, ['user_data']) !== undefined) return { keys: [] };
  if (at(section, ['ssh_keys']) !== undefined) {
    return { keys: listAt(section, ['ssh_keys']).filter((it) => typeof it === 'string') };
  }
  return at(section, ['ssh_keys_file']) === undefined
    ? conventionalKeys(section, context)
    : namedKeys(textAt(section, ['ssh_keys_file']), context);
}

function namedKeys(named: string | undefined, { file }: RuleContext): KeySource {
  if (named === undefined || named === '') return { keys: [] };
  const path = absolutePath(named, dirname(file));
  const read = keysOrFault(path);
  if ('keys' in read) return read;
  return {
    finding: {
      path: ['cloudinit', 'ssh_keys_file'],
      message: `names ${mayBeSecret(path) ? 'a file' : path}, which ${read.fault}`,
      expected: 'a file of public keys, such as ~/.ssh/id_ed25519.pub',
    },
  };
}

function conventionalKeys(section: unknown, { config }: RuleContext): KeySource {
  const { sshKeysSource } = config.conventions.cloudinit;
  if (sshKeysSource === undefined) return { keys: [] };
  const path = absolutePath(sshKeysSource, dirname(config.file));
  const read = keysOrFault(path);
  if ('keys' in read) return read;
  return {
    finding: {
      path: section === undefined ? ['type'] : ['cloudinit'],
      place: 'key',
      message: `takes the SSH keys of cluster-config.yaml (cloudinit.ssh_keys_source), but ${mayBeSecret(path) ? 'that file' : path} ${read.fault}`,
      expected: 'cloudinit.ssh_keys or ssh_keys_file here ([] for no keys), or a file of public keys there',
    },
  };
}

function keysOrFault(path: string): { readonly keys: readonly string[] } | { readonly fault: string } {
  const read = readPublicKeys(path);
  if ('refused' in read) return { fault: read.refused };
  return read.keys.length === 0 ? { fault: 'has no public key in it' } : read;
}
