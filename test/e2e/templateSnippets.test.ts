import { createHash } from 'node:crypto';
import { loadClusterConfig } from '../../src/config/load';
import { createCredentialProvider } from '../../src/credentials/provider';
import { createCredentialStore } from '../../src/credentials/store';
import { clusterStatus } from '../../src/proxmox/api/cluster';
import { createProxmoxClient } from '../../src/proxmox/client';
import type { RunbookStage } from './support/runbookStage';
import { waitUntil } from '../support/waitUntil';
import { debianRunbook, setBootTimeout, setTemplateStage } from './support/templateStage';

let stage: RunbookStage;
afterEach(async () => stage.close());

const wish = { runbook: 'debian-13', nodes: ['pve01'] };

/** What a template's clones read, as a node has it. */
function snippetOf(vmid: number, node: string): { readonly file: string; readonly text: string } {
  const { control } = stage.lab.simulator;
  const file = /^vendor=local:snippets\/(.+)$/.exec(control.guest(vmid).config['cicustom'] ?? '')?.[1] ?? '';
  return { file, text: control.files(node).read(`/var/lib/vz/snippets/${file}`).toString() };
}

test('a build that fails changes nothing of what clones of the version in force get', async () => {
  stage = await setTemplateStage();
  const first = await stage.makeTemplate(wish);
  await first.approved();
  expect(await first.report()).toMatchObject({ outcome: 'done' });
  const before = snippetOf(900, 'pve02');
  expect(before.file).toBe(`debian-13-vendor-${sha256(before.text).slice(0, 12)}.yaml`);

  stage.write('debian-13', debianRunbook().replace('qemu-guest-agent\n', 'qemu-guest-agent\n     - htop\n'));
  stage.lab.simulator.control.setBoot({ seconds: 'never' });
  await setBootTimeout(stage, '1s');
  const next = await stage.makeTemplate(wish);
  await next.approved();
  await next.decide(await next.decision(), 'cleanup');
  expect(await next.report()).toMatchObject({ outcome: 'incomplete', copies: [{ outcome: 'removed' }] });
  expect(snippetOf(900, 'pve02')).toEqual(before);
});

test('a node that does not answer is named in the plan, gets no snippet, and nobody is asked about it', async () => {
  stage = await setTemplateStage();
  await stage.lab.simulator.control.crashNode('pve03');
  await untilSeen('pve03');
  const running = await stage.makeTemplate(wish);
  const plan = await running.approved();
  expect(plan.nodes).toEqual(['pve01', 'pve02']);
  expect(plan.warnings.join('\n')).toMatch(
    /pve03 does not answer: .*\/var\/lib\/vz\/snippets\/debian-13-vendor-[0-9a-f]{12}\.yaml/,
  );
  expect(await running.report()).toMatchObject({ outcome: 'done', decisions: [] });
  expect(snippetOf(900, 'pve02').text).toContain('#cloud-config');
});

/** Waits until the cluster knows that a node is away. */
async function untilSeen(node: string): Promise<void> {
  const { cluster, credentials } = loadClusterConfig(stage.lab.configFile);
  const store = createCredentialStore(createCredentialProvider(credentials));
  const client = createProxmoxClient({ cluster, credentials: store });
  await waitUntil('a cluster that knows it', async () => {
    const { nodes } = await clusterStatus(client, {});
    return nodes.some(({ name, online }) => name === node && !online) ? true : undefined;
  });
  await client.close();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
