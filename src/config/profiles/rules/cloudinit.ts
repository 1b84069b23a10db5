import type { Finding } from '../../findings';
import { at } from '../../lookup';
import type { ProfileDraft } from '../draft';
import { sshKeysOf } from '../sshKeys';
import type { RuleContext } from './context';

/** Users and keys come from one place, and that can be read. */
export function cloudinitRules({ value, type }: ProfileDraft, context: RuleContext): Finding[] {
  if (type !== 'cloudinit') return [];
  const given = (key: string) => at(value, ['cloudinit', key]) !== undefined;
  const source = sshKeysOf(value, context);
  const replaced = given('user_data') ? ['user', 'ssh_keys', 'ssh_keys_file'].filter(given) : [];
  const twice = replaced.length === 0 && given('ssh_keys') && given('ssh_keys_file') ? ['ssh_keys_file'] : [];
  return [
    ...replaced.map((key): Finding => ({
      path: ['cloudinit', key],
      place: 'key',
      message: 'has no effect beside user_data, which replaces what Proxmox would write',
      expected: `no ${key}, or no user_data`,
    })),
    ...twice.map((key): Finding => ({
      path: ['cloudinit', key],
      place: 'key',
      message: 'is given beside ssh_keys',
      expected: 'only one of ssh_keys, ssh_keys_file',
    })),
    ...('finding' in source ? [source.finding] : []),
  ];
}
