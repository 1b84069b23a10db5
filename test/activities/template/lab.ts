import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ScenarioInput, Simulator } from '../../../simulator';
import type { LedgerClient } from '../../../src/activities/ledger/client';
import { checkTemplatePlan } from '../../../src/activities/template/check';
import type { TemplateCheck, TemplatePlanMade } from '../../../src/activities/template/contract';
import type { TemplateDependencies } from '../../../src/activities/template/dependencies';
import { planTemplate } from '../../../src/activities/template/plan';
import type { ClusterConfig, ConventionSettings } from '../../../src/config/clusterConfig';
import type { LeaseHolder, LedgerView } from '../../../src/domain/lease';
import type { TemplatePlan, TemplateRequest } from '../../../src/domain/templatePlan';
import { emptyLedger, type LedgerChange } from '../../../src/planning/rules/ledger';
import { frameOf } from '../../../src/planning/rules/templateFrame';
import { reserveStorage } from '../../../src/planning/rules/storageLeases';
import { leaseVmid } from '../../../src/planning/rules/vmidLeases';
import type { TemplateRecipe } from '../../../src/planning/template/recipe';
import type { ProxmoxClient } from '../../../src/proxmox/client';
import { createSsh } from '../../../src/ssh/ssh';
import { startLab } from '../../proxmox/support';
import { conventions, recipe } from '../../planning/template/given';
import { labWith } from '../inspection/lab';
import { serve } from './webServer';

/** The file of the image that the lab's web server has sums of. */
export const imageFile = 'debian-13.qcow2';
/** Its digest. */
export const imageDigest = 'a1'.repeat(64);

/** Its address: only nodes of the simulator can reach it. */
export const imageUrl = `http://images.example/${imageFile}`;
const image = {
  url: imageUrl,
  size: '400M',
  image: 'qcow2',
  virtual_size: '3G',
  agent: true,
  checksums: { sha512: imageDigest },
} as const;

/** A holder of leases. */
export const debian = holderOf('5d2f9c1e-0000-4000-8000-000000000001');

/** The holder with this first run. */
export function holderOf(firstExecutionRunId: string, name = 'debian-13'): LeaseHolder {
  return { workflowId: `create-template/lab/${name}`, firstExecutionRunId };
}

/** A cluster, a web server with sums, and a ledger, for planning. */
export interface TemplateLab {
  readonly simulator: Simulator;
  readonly client: ProxmoxClient;
  readonly ledger: () => LedgerView;
  readonly plan: (
    request?: Partial<TemplateRequest>,
    more?: Partial<TemplateRecipe>,
    holder?: LeaseHolder,
  ) => Promise<TemplatePlanMade>;
  /** Whether a plan still holds. */
  readonly check: (plan: TemplatePlan) => Promise<TemplateCheck>;
}

/** Starts it; `cloudinit` are conventions besides. */
export async function templateLab(
  clean: (undo: () => unknown) => void,
  scenario: Partial<ScenarioInput> = {},
  cloudinit: ConventionSettings['cloudinit'] = {},
): Promise<TemplateLab> {
  const storages: ScenarioInput['storages'] = [
    { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
    { id: 'local', type: 'dir', content: ['iso', 'snippets', 'import'], path: '/var/lib/vz' },
  ];
  const { simulator, client, settings } = await startLab(clean, {
    scenario: labWith({ storages, web: [image], ...scenario }),
  });
  const web = await serve(clean, { '/SHA512SUMS': `${imageDigest}  ${imageFile}\n` });
  const source = { url: imageUrl, checksums: `${web.url}/SHA512SUMS` };
  const { ledger, view } = ledgerOfRules();
  const config = configOf(clean, { cluster: settings, conventions: { ...conventions, cloudinit } });
  const { signal } = new AbortController();
  const dependencies = (more: Partial<TemplateRecipe> = {}): TemplateDependencies => ({
    ...{ config, client, ledger },
    ssh: createSsh({ ownKnownHostsFile: join(dirname(config.file), 'known_hosts') }),
    product: '0.1.0',
    now: () => new Date('2026-11-25T22:00:00Z'),
    readRunbook: () =>
      Promise.resolve({
        recipe: recipe({ source, ...more }),
        files: [],
        fill: () => ({ runbook: { steps: [] } }),
      }),
  });
  return {
    simulator,
    client,
    ledger: view,
    plan: (request = {}, more = {}, holder = debian) =>
      planTemplate(dependencies(more), signal, { request: { runbook: 'debian-13', ...request }, holder }),
    check: (plan) =>
      checkTemplatePlan(dependencies(), signal, { request: { runbook: 'debian-13' }, plan: frameOf(plan) }),
  };
}

function configOf(
  clean: (undo: () => unknown) => void,
  given: Pick<ClusterConfig, 'cluster' | 'conventions'>,
): ClusterConfig {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-template-'));
  clean(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'keys'), '# mine\nssh-ed25519 AAAA ada@lab\nfrom="x" ssh-rsa BBBB\n');
  return { ...configIn(folder), ...given };
}

/** A configuration whose file would be in this folder. */
export function configIn(folder: string): ClusterConfig {
  return {
    file: join(folder, 'cluster-config.yaml'),
    cluster: {
      name: 'lab',
      nodes: ['pve01', 'pve02'].map((name) => ({ name, host: '127.0.0.1', apiPort: 1 })),
      tls: 'verify',
    },
    conventions,
    credentials: { provider: 'file', path: join(folder, 'token') },
    sshUser: 'root',
    access: {
      ...{ user: 'claude-code@pve', role: 'ClaudeCodeManager', token: 'automation' },
      ...{ profile: 'full', privilegeSeparation: false },
    },
    migration: { stallAfterMs: 300_000, setupTimeMs: 3000 },
    secrets: {},
    limits: { targetMemoryShare: 0.9 },
    approval: { approvalExpiresAfterMs: 86_400_000, remindEveryMs: 14_400_000 },
    templates: { bootTimeoutMs: 600_000 },
    worker: {},
  };
}

/** The ledger's own rules, without a workflow around them. */
function ledgerOfRules() {
  let state = emptyLedger();
  const now = () => new Date().toISOString();
  function apply<Answer extends { readonly granted: boolean }>(change: LedgerChange<Answer>) {
    if (change.answer.granted) state = change.view;
    return Promise.resolve(change.answer);
  }
  const ledger: Pick<LedgerClient, 'view' | 'leaseVmid' | 'reserveStorage'> = {
    view: () => Promise.resolve(state),
    leaseVmid: (request) => apply(leaseVmid(state, request, now())),
    reserveStorage: (request) => apply(reserveStorage(state, request, now())),
  };
  return { ledger, view: () => state };
}
