import { readView } from '../../../src/activities/reading/readView';
import { scenario, startLab, storeOf, useCleanUp } from '../../proxmox/support';

const clean = useCleanUp();
const everything = { nodes: [], names: [], statuses: [], tags: [] };
const nodes = ['pve01', 'pve02', 'pve03'];

describe('nodes that do not answer as they should', () => {
  it("does not let one that hangs keep the others' answers back", async () => {
    const { client, simulator } = await startLab(clean);
    const hold = simulator.control.holdRequest({ path: '/nodes/pve02/qemu' }, 'before handling');
    const deps = { client, nodes, now: () => new Date(0), nodePatienceMs: 3_000 };
    const list = await readView(deps, { view: 'guests', question: everything });
    hold.release();
    expect(list).toMatchObject({
      takenAt: '1970-01-01T00:00:00.000Z',
      guests: [
        { vmid: 100, status: 'running' },
        { vmid: 101, status: 'unknown' },
      ],
      unanswered: [
        { node: 'pve02', problem: { code: 'NodeUnreachable', failed: 'it did not answer in time' } },
      ],
    });
  });

  it('names a node that answers with an error, in Proxmox’s own words', async () => {
    const { client, simulator } = await startLab(clean);
    simulator.control.faultRequest(
      { path: '/nodes/pve01/lxc' },
      { moment: 'before handling', then: { status: 500, reason: 'ipcc_send_rec failed' } },
    );
    const deps = { client, nodes, now: () => new Date() };
    const list = await readView(deps, { view: 'guests', question: everything });
    expect(list.unanswered).toMatchObject([
      { node: 'pve01', problem: { code: 'ProxmoxFailed', proxmoxSaid: 'ipcc_send_rec failed' } },
    ]);
    expect(list.guests).toMatchObject([{ status: 'unknown' }, { vmid: 101, status: 'stopped' }]);
  });

  it('fails as a whole where the token is refused', async () => {
    const credentials = storeOf(['admin@pve!test', 'wrong']);
    const { client } = await startLab(clean, { client: { credentials }, scenario });
    const deps = { client, nodes, now: () => new Date() };
    await expect(readView(deps, { view: 'guests', question: everything })).rejects.toMatchObject({
      code: 'TokenRefused',
    });
  });

  it('ends when it is interrupted, and takes no node for dead by that', async () => {
    const { client, simulator } = await startLab(clean);
    const hold = simulator.control.holdRequest({ path: '/nodes/pve02/qemu' }, 'before handling');
    const interruption = new AbortController();
    const deps = { client, nodes, now: () => new Date(), signal: interruption.signal };
    const reading = readView(deps, { view: 'guests', question: everything });
    await hold.arrived;
    interruption.abort();
    await expect(reading).rejects.toMatchObject({ code: 'Interrupted' });
    hold.release();
  });
});
