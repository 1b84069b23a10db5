import type { Seen } from './describeRuns';
import { templateRuns } from './runs';

/** What becomes of a template that can't be finished. */
export function describeTrouble({ stage }: Seen): void {
  const control = () => stage().stage.lab.simulator.control;
  const debian = () => {
    const run = templateRuns.find(({ runbook }) => runbook === 'debian-13');
    if (run === undefined) throw new Error('there is no such run');
    return run;
  };
  const outcomes = (report: {
    readonly steps: readonly { readonly id: string; readonly outcome: string }[];
  }) => Object.fromEntries(report.steps.map(({ id, outcome }) => [id, outcome]));
  const images = (vmid: number) =>
    control()
      .cluster.volumes.all()
      .filter(({ volid }) => volid.includes(`-${vmid}.`));

  test('a machine that could not be finished is removed, with its image', async () => {
    const place = { node: 'pve02', vmid: 900 };
    control().faultRequest(
      { method: 'PUT', path: '/nodes/pve02/qemu/900/resize' },
      { moment: 'before handling', then: { status: 500, reason: 'no room' } },
    );
    const { report } = await stage().run(debian(), place, () => 'cleanup');
    expect(outcomes(report)).toMatchObject({ create: 'done', resize: 'failed', 'remove-vm': 'done' });
    expect(
      control()
        .guests()
        .some(({ vmid }) => vmid === place.vmid),
    ).toBe(false);
    expect(images(place.vmid)).toEqual([]);
  });

  test("somebody else's machine of the same VMID is left alone", async () => {
    const place = { node: 'pve01', vmid: 101 };
    const { report } = await stage().run(debian(), place, () => 'cleanup');
    expect(outcomes(report)).toMatchObject({
      ...{ create: 'failed', resize: 'notBegun', 'remove-vm': 'skipped', 'remove-image': 'done' },
    });
    expect(control().guest(place.vmid)).toMatchObject({ name: 'app-101', status: 'running' });
    expect(images(place.vmid)).toEqual([]);
  });
}
