import { changeUntilSo } from '../../../src/activities/guests/changeUntilSo';
import { useCleanUp } from '../../proxmox/support';
import { lookAtMachine } from '../../../src/activities/cluster/machine';
import { clusterStage } from '../cluster/stage';
import { attempt } from '../template/stepStage';

const clean = useCleanUp();

/** Changes the start order of VM 900; before each look something happens to it. */
async function changing(happens: (looks: number, set: (startup: string) => void) => void) {
  const { client, simulator } = await clusterStage(clean);
  const set = (startup: string) => simulator.control.setGuest(900, { config: { startup } });
  let looks = 0;
  const changed = changeUntilSo(client, attempt, {
    async look() {
      looks += 1;
      happens(looks, set);
      const seen = await lookAtMachine(client, { node: 'pve01', vmid: 900 }, {});
      if (seen === undefined) throw new Error('VM 900 is not there');
      return seen;
    },
    missing: ({ keys }) => (keys.get('startup') === 'order=7' ? {} : { startup: 'order=7' }),
  });
  return { changed, startup: () => simulator.control.guest(900).config['startup'] };
}

test('a change counts only once it was seen: somebody may have taken it back at once', async () => {
  const { changed, startup } = await changing((looks, set) => {
    if (looks === 2) set('order=1');
  });
  expect((await changed).keys.get('startup')).toBe('order=7');
  expect(startup()).toBe('order=7');
});

test('what is always changed back is told', async () => {
  const { changed } = await changing((_looks, set) => set('order=1'));
  await expect(changed).rejects.toMatchObject({ code: 'NotAsExpected' });
});
