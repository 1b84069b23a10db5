import { readFileSync } from 'node:fs';

import { loadClusterConfig } from '../../../src/config/load';
import type { TokenCredentials } from '../../../src/credentials/contract';
import { createCredentialStore } from '../../../src/credentials/store';
import { createCredentialWriter } from '../../../src/credentials/writer';
import { startMigration } from '../../../src/proxmox/api/migration';
import { createProxmoxClient } from '../../../src/proxmox/client';
import { startLab, untouched, type AccessLab } from './support/lab';

const user = 'claude-code@pve';

const guest = { vmid: 100, node: 'pve01', name: 'web', status: 'running', config: { memory: 8192 } } as const;

function fail(): never {
  throw new Error('it is not there');
}

/** Starts a migration of the guest with a token. */
async function migrate(lab: AccessLab, token: TokenCredentials): Promise<string> {
  const { cluster } = loadClusterConfig(lab.configFile);
  const { fingerprintSha256: fingerprint } = lab.simulator.nodes[0] ?? fail();
  const [node] = cluster.nodes;
  const client = createProxmoxClient({
    cluster: { ...cluster, nodes: [{ ...(node ?? fail()), fingerprint }] },
    credentials: createCredentialStore({ describe: 'a test', read: () => Promise.resolve(token) }),
  });
  const place = { node: 'pve01', vmid: 100 };
  const request = { target: 'pve02', online: true, withLocalDisks: false };
  const upid = await startMigration(client, place, request, {});
  await client.close();
  return upid.text;
}

describe.each(['8.4', '9'] as const)('a rotation on Proxmox VE %s', (version) => {
  let lab: AccessLab;
  beforeEach(async () => {
    lab = await startLab(untouched(version, { guests: [guest] }));
    await lab.bring('bootstrapAccess');
  });
  afterEach(async () => lab.close());

  const tokens = () => [...(lab.simulator.control.cluster.access.users.get(user)?.tokens.values() ?? [])];
  const writer = () => createCredentialWriter(loadClusterConfig(lab.configFile).credentials);

  test('leaves one token under a new name, stored and working', async () => {
    await lab.bring('rotateToken');
    expect(tokens().map(({ id }) => id)).toEqual(['automation-2']);
    expect(readFileSync(lab.tokenFile, 'utf8')).toBe(`${user}!automation-2\n${tokens()[0]?.secret ?? ''}\n`);
    expect(await writer()?.look('previous')).toBeUndefined();
    expect((await lab.plan('bootstrapAccess')).steps).toEqual([]);
    await lab.bring('rotateToken');
    expect(tokens().map(({ id }) => id)).toEqual(['automation-3']);
  });

  test('keeps the old token, in the store too, until its last task has ended', async () => {
    const plan = await lab.plan('rotateToken');
    const [issue, wait, ...rest] = plan.steps;
    if (issue === undefined || wait === undefined) throw new Error('there are no steps');
    await lab.step(plan, issue);
    expect((await writer()?.look('previous'))?.tokenId).toBe(`${user}!automation`);
    expect(tokens().map(({ id }) => id)).toEqual(['automation', 'automation-2']);

    const oldToken = (await writer()?.look('previous')) ?? fail();
    const upid = await migrate(lab, oldToken);
    const running = () => lab.simulator.control.runningTasks({ type: 'qmigrate' }).length > 0;
    expect(running()).toBe(true);
    await lab.step(plan, wait);
    expect(running()).toBe(false);
    expect(upid).toContain(`${user}!automation:`);
    await lab.perform({ ...plan, steps: rest });
    expect(tokens().map(({ id }) => id)).toEqual(['automation-2']);
  });

  test('that broke off is finished by the next one', async () => {
    const plan = await lab.plan('rotateToken');
    await lab.perform({ ...plan, steps: plan.steps.slice(0, 1) });
    await lab.bring('rotateToken');
    expect(tokens().map(({ id }) => id)).toEqual(['automation-3']);
    expect(await writer()?.look('previous')).toBeUndefined();
  });
});
