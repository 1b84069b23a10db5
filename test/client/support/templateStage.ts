import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smallCluster } from '../../e2e/support/scenario';
import { setRunbookStage, type RunbookStage } from '../../e2e/support/runbookStage';
import { temporalServer } from '../../support/temporal';
import { templateStorages } from './templateGuests';

const digest = 'a1'.repeat(32);
const url = 'http://images.example/tiny.qcow2';

/** A stage with a worker, where a runbook `tiny` makes templates of a small image. */
export interface TemplateStage {
  readonly stage: RunbookStage;
  /** Writes the runbook `tiny` for the worker; other words make it another one. */
  writeRunbook(words?: string): void;
  close(): Promise<void>;
}

/** Sets it, with a state folder of its own. Close it. */
export async function setTemplateStage(): Promise<TemplateStage> {
  const image = { url, size: '200M', image: 'qcow2', virtual_size: '1G', agent: true } as const;
  const scenario = smallCluster('9', [], {
    storages: templateStorages,
    pools: [{ id: 'pxm-builds' }],
    web: [{ ...image, checksums: { sha256: digest } }],
  });
  const more = ['defaults: { storage: files }', 'vmid_ranges: { templates: 100-199, vms: 1000-1999 }'];
  const stage = await setRunbookStage(scenario, more.join('\n'));
  const state = mkdtempSync(join(tmpdir(), 'pxm-state-'));
  process.env['PXM_STATE_FOLDER'] = state;
  process.env['TEMPORAL_ADDRESS'] = (await temporalServer()).address;
  const it: TemplateStage = {
    stage,
    writeRunbook: (words = 'Makes a template') => stage.write('tiny', runbookText(words)),
    async close() {
      await stage.close();
      rmSync(state, { recursive: true });
    },
  };
  it.writeRunbook();
  return it;
}

function runbookText(words: string): string {
  return `---
name: tiny
description: A small template
image_type: cloudinit
requires: [api]
source:
  url: ${url}
  checksum: sha256:${digest}
params:
  node: { type: node }
  vmid: { type: vmid }
  name: { default: tiny }
  memory_mib: { type: integer, default: 512 }
---

# Tiny

${words}.

## Steps

1. **Download the image** (API)
   \`\`\`http {#download wait=task}
   POST /nodes/{{node}}/storage/local/download-url
   content=import
   filename={{name}}-{{vmid}}.qcow2
   url={{source_url}}
   checksum={{source_digest}}
   checksum-algorithm={{source_algorithm}}
   \`\`\`

2. **Make the virtual machine** (API)
   \`\`\`http {#make wait=task}
   POST /nodes/{{node}}/qemu
   vmid={{vmid}}
   name={{name}}
   memory={{memory_mib}}
   agent=enabled=1
   scsi0=files:0,import-from=local:import/{{name}}-{{vmid}}.qcow2
   scsi1=files:cloudinit
   net0=virtio,bridge=vmbr0
   \`\`\`

3. **Make it a template** (API)
   \`\`\`http {#convert wait=task}
   POST /nodes/{{node}}/qemu/{{vmid}}/template
   \`\`\`

## Cleanup

- **Remove the image** (API)
  \`\`\`http {#remove-image cleanup=always wait=task destructive}
  DELETE /nodes/{{node}}/storage/local/content/local%3Aimport%2F{{name}}-{{vmid}}.qcow2
  \`\`\`
`;
}
