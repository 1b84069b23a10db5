import { z } from 'zod';
import { startSimulator, type Simulator } from '../../simulator';
import { connectRoot, type RootConnection } from './ssh/client';

describe('nodes in no cluster', () => {
  let simulator: Simulator;
  let roots: RootConnection[];

  beforeAll(async () => {
    simulator = await startSimulator({
      scenario: { cluster: null, nodes: [{ name: 'pve01' }, { name: 'pve02' }] },
      speed: 50,
    });
    roots = await Promise.all(['pve01', 'pve02'].map((name) => connectRoot(simulator, name)));
  });
  afterAll(async () => {
    for (const root of roots) root.close();
    await simulator.close();
  });

  const ask = async (node: number, line: string): Promise<string> => {
    const end = await roots[node]?.run(line);
    return `${end?.stdout.toString() ?? ''}${end?.stderr ?? ''}`;
  };
  const namesSeenBy = async (node: number): Promise<unknown> => {
    const rows: unknown = JSON.parse(await ask(node, 'pvesh get /cluster/status --output-format json'));
    return z
      .array(z.object({ name: z.string() }))
      .parse(rows)
      .map(({ name }) => name);
  };

  test('know only themselves, and each other once one has joined', async () => {
    expect(await namesSeenBy(0)).toEqual(['pve01']);
    await ask(0, 'pvesh create /cluster/config --clustername lab');
    await simulator.control.advance(10);
    const fingerprint = simulator.nodes[0]?.fingerprintSha256 ?? '';
    const ip = simulator.control.cluster.nodes.get('pve01')?.ip ?? '';
    const join = `pvesh create /cluster/config/join --hostname ${ip} --password proxmox --fingerprint`;
    expect(await ask(1, `${join} ${'00:'.repeat(31)}00`)).toContain('not verified, abort!');
    expect(await namesSeenBy(1)).toEqual(['pve02']);
    await ask(1, `${join} ${fingerprint}`);
    await simulator.control.advance(20);
    expect(await namesSeenBy(0)).toEqual(['lab', 'pve01', 'pve02']);
    expect(await namesSeenBy(1)).toEqual(['lab', 'pve01', 'pve02']);
    expect(await ask(0, 'pvesh get /nodes/pve02/version --output-format json')).toContain('8.4');
  });
});
