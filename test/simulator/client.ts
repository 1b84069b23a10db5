import { request, type RequestOptions } from 'node:https';
import { startSimulator, type ScenarioInput, type Simulator, type SimulatorOptions } from '../../simulator';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; undefined if it isn't JSON. */
  readonly json: unknown;
}

/** What a test sends. */
export interface TestRequest {
  readonly method?: string;
  /** Without /api2/json; a path that starts with /api2 is taken as it is. */
  readonly path: string;
  readonly node?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `null`: no credentials. */
  readonly authorization?: string | null;
  /** Breaks the connection when aborted. */
  readonly signal?: AbortSignal;
}

/** A small scenario: three nodes, a user `low@pve` without permissions. */
export const smallScenario: ScenarioInput = {
  nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03' }],
  storages: [
    { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
    { id: 'local', type: 'dir', content: ['iso', 'backup'], path: '/var/lib/vz' },
  ],
  guests: [
    {
      vmid: 100,
      node: 'pve01',
      name: 'web',
      status: 'running',
      config: { memory: 1024, scsi0: 'local-lvm:vm-100-disk-0,size=8G' },
    },
    { vmid: 101, node: 'pve02', name: 'db', config: { memory: 2048 } },
  ],
  access: {
    users: [
      { id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] },
      { id: 'low@pve', tokens: [{ id: 'test', secret: 'low' }] },
    ],
    acl: [{ path: '/', user: 'admin@pve', role: 'Administrator' }],
  },
};

/** Starts a simulator that ends with the test file. */
export function useSimulator(options: Partial<SimulatorOptions> = {}): () => Simulator {
  let simulator: Simulator | undefined;
  beforeAll(async () => {
    simulator = await startSimulator({ scenario: smallScenario, speed: 50, ...options });
  });
  afterAll(() => simulator?.close());
  return () => {
    if (simulator === undefined) throw new Error('the simulator is not started yet');
    return simulator;
  };
}

/** Sends a request on a connection of its own. */
export function send(simulator: Simulator, sent: TestRequest): Promise<RawAnswer> {
  const node = simulator.nodes.find(({ name }) => name === (sent.node ?? 'pve01'));
  const authorization =
    sent.authorization === undefined ? 'PVEAPIToken=admin@pve!test=right' : sent.authorization;
  const body = sent.body ?? (sent.form === undefined ? undefined : new URLSearchParams(sent.form).toString());
  const options: RequestOptions = {
    host: node?.host,
    port: node?.port,
    method: sent.method ?? 'GET',
    path: sent.path.startsWith('/api2') ? sent.path : `/api2/json${sent.path}`,
    ca: simulator.certificateAuthorityPem,
    agent: false,
    ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    headers: {
      ...(authorization === null ? {} : { Authorization: authorization }),
      ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
      ...(sent.form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...sent.headers,
    },
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0, statusMessage: reason = '', headers } = response;
        resolve({ status, reason, headers, text, json: parse(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
