import type { ScenarioInput } from '../../../simulator';
import type { LedgerView } from '../../../src/domain/lease';
import { emptyLedger } from '../../../src/planning/rules/ledger';

export const nobodysLeases: LedgerView = emptyLedger();

type Guests = NonNullable<ScenarioInput['guests']>;

/** A guest on pve01 with one local disk. */
export function machine(
  vmid: number,
  config: Record<string, string | number> = {},
  running = true,
): Guests[number] {
  return {
    vmid,
    node: 'pve01',
    name: `vm-${vmid}`,
    status: running ? 'running' : 'stopped',
    config: { memory: 1024, scsi0: `local-lvm:vm-${vmid}-disk-0,size=8G`, ...config },
  };
}

/** Three nodes with local and shared storages, a token with all rights and one whose rights the test gives. */
export function labWith(more: Partial<ScenarioInput>): ScenarioInput {
  return {
    nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03' }],
    storages: [
      { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
      { id: 'local', type: 'dir', content: ['iso', 'snippets'], path: '/var/lib/vz' },
      { id: 'nas', type: 'nfs', content: ['images', 'iso'], path: '/mnt/pve/nas' },
    ],
    access: {
      users: [{ id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] }],
      acl: [{ path: '/', user: 'admin@pve', role: 'Administrator' }],
    },
    ...more,
  };
}
