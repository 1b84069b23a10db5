import { createServer, type Server } from 'node:https';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { startSimulator, type ScenarioInput, type Simulator } from '../../simulator';
import { fingerprintOf, makeCertificates } from '../../simulator/http/certificates';
import type { ClusterSettings } from '../../src/config/clusterConfig';
import { createCredentialStore, type CredentialStore } from '../../src/credentials/store';
import type { TokenCredentials } from '../../src/credentials/contract';
import { ManagerError } from '../../src/domain/errors';
import { Secret } from '../../src/domain/secret';
import { createProxmoxClient, type ProxmoxClient, type ProxmoxClientOptions } from '../../src/proxmox/client';

/** Things to undo after each test of a file; call it once in the file. */
export function useCleanUp(): (undo: () => unknown) => void {
  const undoings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const undo of undoings.splice(0).reverse()) await undo();
  });
  return (undo) => undoings.push(undo);
}

/** A store whose tokens come from a list: each reading takes the next, the last one stays. */
export function storeOf(...tokens: readonly (readonly [id: string, secret: string])[]): CredentialStore & {
  readonly readings: () => number;
} {
  let readings = 0;
  const store = createCredentialStore({
    describe: 'list of the test',
    async read(): Promise<TokenCredentials> {
      const [tokenId = '', secret = ''] = tokens[Math.min(readings, tokens.length - 1)] ?? [];
      readings += 1;
      return Promise.resolve({ tokenId, secret: new Secret(secret) });
    },
  });
  return { ...store, readings: () => readings };
}

/** Three nodes, one guest each, one token that may do everything and one that may do nothing. */
export const scenario: ScenarioInput = {
  nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03' }],
  storages: [{ id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] }],
  guests: [
    {
      vmid: 100,
      node: 'pve01',
      name: 'web',
      status: 'running',
      config: { memory: 1024, cores: 2, tags: 'web;prod', scsi0: 'local-lvm:vm-100-disk-0,size=8G' },
    },
    { vmid: 101, node: 'pve02', name: 'db', config: { memory: 2048 } },
  ],
  access: {
    users: [
      {
        id: 'admin@pve',
        tokens: [
          { id: 'test', secret: 'right' },
          { id: 'next', secret: 'rotated' },
        ],
      },
      { id: 'low@pve', tokens: [{ id: 'test', secret: 'low' }] },
    ],
    acl: [{ path: '/', user: 'admin@pve', role: 'Administrator' }],
  },
};

/** What clients of a simulator are configured with: its own CA. */
function settingsOf(simulator: Simulator, clean: (undo: () => unknown) => void): ClusterSettings {
  return {
    name: 'lab',
    tls: 'verify',
    caFile: caFileWith(simulator.certificateAuthorityPem, clean),
    nodes: simulator.nodes.map(({ name, host, port }) => ({ name, host, apiPort: port })),
  };
}

/** Writes a CA file that is removed after the test. */
export function caFileWith(pem: string, clean: (undo: () => unknown) => void): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pxm-test-'));
  clean(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'ca.pem');
  writeFileSync(file, pem);
  return file;
}

/** Starts a simulator and a client for it. */
export async function startLab(
  clean: (undo: () => unknown) => void,
  options: {
    readonly scenario?: ScenarioInput;
    readonly speed?: number;
    readonly client?: Partial<ProxmoxClientOptions>;
  } = {},
): Promise<{
  readonly simulator: Simulator;
  readonly client: ProxmoxClient;
  readonly settings: ClusterSettings;
}> {
  const simulator = await startSimulator({
    scenario: options.scenario ?? scenario,
    speed: options.speed ?? 100,
  });
  clean(() => simulator.close());
  const settings = settingsOf(simulator, clean);
  const client = createProxmoxClient({
    cluster: settings,
    credentials: storeOf(['admin@pve!test', 'right']),
    ...options.client,
  });
  clean(() => client.close());
  return { simulator, client, settings };
}

/** A TLS server that does what the test says, for what no simulator of a healthy node does. */
export async function startRawNode(
  clean: (undo: () => unknown) => void,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{
  readonly settings: ClusterSettings;
  readonly server: Server;
  readonly connections: () => number;
  readonly fingerprint: string;
}> {
  const { certificateAuthorityPem, ofNode } = await makeCertificates(['raw']);
  const certificate = ofNode.get('raw');
  const server = createServer({ key: certificate?.keyPem, cert: certificate?.certificatePem }, handle);
  let connections = 0;
  server.on('secureConnection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  clean(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const apiPort = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    server,
    connections: () => connections,
    fingerprint: fingerprintOf(certificate?.certificatePem ?? ''),
    settings: {
      name: 'raw',
      tls: 'verify',
      caFile: caFileWith(certificateAuthorityPem, clean),
      nodes: [{ name: 'raw', host: '127.0.0.1', apiPort }],
    },
  };
}

/** The project's error that a promise rejects with. */
export async function managerErrorOf(promise: Promise<unknown>): Promise<ManagerError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ManagerError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Looks every few milliseconds until it is so. */
export async function waitFor(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 10));
}
