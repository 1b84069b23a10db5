import type { Seen } from './describeRuns';
import { newSnippet } from './runs';

/** What the runbooks for maintenance leave behind. */
export function describeMaintenance({ stage, outcome }: Seen): void {
  const simulator = () => stage().stage.lab.simulator;

  test('upload-iso brings the image onto the storage, under the name that was asked for', async () => {
    const { report, node } = await outcome('upload-iso');
    expect(report).toMatchObject({ outcome: 'done', decisions: [] });
    const volumes = simulator().control.cluster.volumes.all();
    expect(volumes.filter(({ volid }) => volid === 'local:iso/debian.iso')).toMatchObject([{ node }]);
  });

  test('snapshot-retention takes the new snapshot and removes the old one', async () => {
    const { report } = await outcome('snapshot-retention');
    expect(report).toMatchObject({ outcome: 'done', decisions: [] });
    const shown = report.steps.find(
      ({ title, output }) => title === 'Show what is left' && output?.includes('Snapshots'),
    );
    expect(shown?.output).toMatch(/^new /m);
    expect(shown?.output).not.toMatch(/^old /m);
  });

  test('resize-disk enlarges the disk', async () => {
    const { report } = await outcome('resize-disk');
    expect(report).toMatchObject({ outcome: 'done', decisions: [] });
    expect(simulator().control.guest(102).config['scsi0']).toContain('size=8G');
  });

  test('storage-check looks, and asks nobody where nothing is full', async () => {
    const { report } = await outcome('storage-check');
    expect(report).toMatchObject({ outcome: 'done', decisions: [] });
    expect(report.steps.map(({ kind, outcome: it }) => [kind, it])).toEqual([
      ...Array<unknown>(4).fill(['read', 'done']),
      ['read', 'skipped'],
    ]);
    expect(report.steps[1]?.output).toContain('local-lvm');
  });

  test('replace-vendor-snippet writes the new one on every node', async () => {
    const { report } = await outcome('replace-vendor-snippet');
    expect(report).toMatchObject({ outcome: 'done', decisions: [] });
    for (const { name } of simulator().nodes) {
      const text = simulator().control.files(name).read('/var/lib/vz/snippets/old-vendor.yaml').toString();
      expect(text).toBe(newSnippet);
    }
  });
}
