import { toldAddresses } from '../../../src/activities/guests/talosApi';
import { startLab, useCleanUp } from '../../proxmox/support';
import { labWith, machine } from '../inspection/lab';

const clean = useCleanUp();

test('of the addresses that an agent tells those of IPv4 come first, and none that every machine gives itself', async () => {
  const card = 'virtio=BC:24:11:00:00:01,bridge=vmbr0';
  const cards = { net0: card, net1: card, net2: card };
  const addresses = {
    ipconfig0: 'ip6=fd00::7/64',
    ipconfig1: 'ip=169.254.7.7/16,ip6=fe80::7/64',
    ipconfig2: 'ip=192.0.2.7/24,ip6=2001:db8::7/64',
  };
  const guest = { ...machine(100, { agent: 1, ...cards, ...addresses }), agent_running: true };
  const { simulator, client } = await startLab(clean, { scenario: labWith({ guests: [guest] }) });
  const told = () => toldAddresses(client, { node: 'pve01', vmid: 100 }, {});
  expect(await told()).toEqual(['192.0.2.7', 'fd00::7', '2001:db8::7']);
  simulator.control.setBoot({ vmid: 100, agent: false });
  expect(await told()).toEqual([]);
});
