import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../simulator';
import { writeSimulatedConfig } from '../../src/client/processes/simulatedCluster';
import { loadClusterConfig } from '../../src/config/load';
import { checkRunbook } from '../../src/runbooks/check/check';
import { openShellParser } from '../../src/runbooks/shell/tree';

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

describe('a simulated cluster with an image that its nodes can download', () => {
  const place = join(folder, 'with-image');
  const runbook = join(place, 'runbooks/debian-13.md');

  async function write() {
    const simulator = await startSimulator({ scenario: { file: 'debian-template' } });
    await simulator.close();
    const { nodes, certificateAuthorityPem, token, storages, images } = simulator;
    const ready = { cluster: 'lab', nodes: [...nodes], certificateAuthorityPem };
    const [image] = images;
    const files = writeSimulatedConfig(place, {
      ...{ ...ready, storages: storages.map((it) => ({ ...it, content: [...it.content] })) },
      images: [...images],
      ...(token === undefined ? {} : { token }),
    });
    return { files, image };
  }

  it('gets the shipped runbook, with that image as the only change, and conventions for it', async () => {
    const { files, image } = await write();
    expect(files.templates).toEqual(['debian-13']);
    const checked = checkRunbook('debian-13.md', readFileSync(runbook), await openShellParser());
    expect(checked.problems).toEqual([]);
    expect(checked.runbook?.frontMatter.source).toEqual({
      url: 'https://images.example/debian-13-genericcloud-amd64.qcow2',
      checksum: `sha512:${image?.sha512 ?? ''}`,
    });
    expect(loadClusterConfig(files.configFile).conventions).toMatchObject({ defaults: { storage: 'nas' } });
  });

  it('keeps what somebody has changed in that runbook', async () => {
    writeFileSync(runbook, 'mine');
    await write();
    expect(readFileSync(runbook, 'utf8')).toBe('mine');
  });
});
