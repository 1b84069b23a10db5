import { onStage } from './support/stage';
import { sharedGuest, smallCluster } from './support/scenario';

/** Three equal guests, whose copies last 40 s of simulated time each. */
const guests = [101, 102, 103].map((vmid) => {
  const guest = sharedGuest(vmid, { memory_used: '20G' });
  return { ...guest, config: { ...guest.config, memory: 20480 } };
});

/** Of simulated time, as the simulator's migrations take for their setup. */
const setupSeconds = 3;

test('with nothing configured the next migration starts as soon as a running copy has shown its speed', () =>
  onStage(
    {
      scenario: smallCluster('9', guests),
      // In real time, so that the first copy has not ended when a busy machine has learnt from it.
      speed: 1,
      pollEveryMs: 250,
      config: `migration:\n  setup_time: ${setupSeconds}s`,
    },
    async ({ evacuate, simulator: { control } }) => {
      const evacuation = await evacuate({ node: 'pve01' });
      const plan = await evacuation.approved();
      expect(plan.lanes).toMatchObject({ kind: 'learning' });
      const starts = () => control.requests().filter(({ method }) => method === 'POST');
      await control.waitFor(() => starts().length > 1, 'the second migration');
      control.setSpeed(50);
      expect(await evacuation.report()).toMatchObject({ outcome: 'done' });

      const [first] = plan.moves;
      const arrived = control.guest(first?.vmid ?? 0).placements.at(-1);
      const [, second] = starts().map(({ receivedAt }) => receivedAt);
      // Without samples the second would start one setup time before the first copy ends.
      expect(second).toBeLessThan((arrived?.from ?? 0) - 2 * setupSeconds);
    },
  ));
