import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../simulator';
import { writeSimulatedConfig } from '../../src/client/processes/simulatedCluster';
import { loadClusterConfig } from '../../src/config/load';

const folder = mkdtempSync(join(tmpdir(), 'pxm-simulated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mebibyte = 1024 ** 2;

/** What the configuration for such a cluster says of migrations. */
async function migrationOf(speed: number, network: object, setupSeconds: number) {
  const simulator = await startSimulator({
    scenario: { nodes: [{ name: 'pve01' }], network, timings: { migration_setup: setupSeconds } },
    speed,
  });
  await simulator.close();
  const { nodes, certificateAuthorityPem } = simulator;
  const token = { id: 'ada@pve!main', secret: 'none' };
  const ready = { cluster: 'lab', nodes: [...nodes], certificateAuthorityPem, token };
  const { configFile } = writeSimulatedConfig(folder, { ...ready, network: simulator.network });
  return loadClusterConfig(configFile, ['cluster.ca_file', 'credentials.file']).migration;
}

test("the configuration for a simulated cluster tells its network's speed, in real seconds", async () => {
  expect(await migrationOf(2, { link: '1G', stream: '400M' }, 3)).toMatchObject({
    networkSpeedBytesPerSecond: 2048 * mebibyte,
    streamCapBytesPerSecond: 800 * mebibyte,
    setupTimeMs: 1500,
  });
});

test('of links that differ it tells the slowest', async () => {
  const network = { link: '1G', links: { pve01: '100M' }, stream: '1G' };
  expect(await migrationOf(1, network, 3)).toMatchObject({ networkSpeedBytesPerSecond: 100 * mebibyte });
});

test.each([0.001, 10_000])('it is valid at a speed of %d', async (speed) => {
  const { setupTimeMs, networkSpeedBytesPerSecond } = await migrationOf(speed, { link: '1G' }, 3);
  expect(setupTimeMs).toBe(Math.max(1, 3000 / speed));
  expect((networkSpeedBytesPerSecond ?? 0) / (1024 ** 3 * speed)).toBeCloseTo(1, 3);
});
