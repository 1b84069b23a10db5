import { assignAddresses } from '../../../src/planning/cluster/addresses';
import { asideNameOf, machineName, nameThenOf } from '../../../src/planning/cluster/names';
import {
  input,
  look,
  lookWith,
  machinesOf,
  member,
  planOf,
  profile,
  role,
  seen,
  storyOf,
  workers,
} from './given';

const addressing = {
  kind: 'static' as const,
  prefixLength: 24,
  gateway: '192.0.2.1',
  range: { first: '192.0.2.10', last: '192.0.2.14' },
};
const nobody = { by: new Map<string, string>(), reserved: new Set<string>() };

const addresses = (plan: ReturnType<typeof planOf>) =>
  Object.fromEntries(machinesOf(plan).map((it) => [it.name, it.address?.address]));

test('machines are called after profile, role and ordinal; what is set aside keeps within 63 characters', () => {
  expect(machineName('lab', 'worker', 3)).toBe('lab-worker-3');
  expect(asideNameOf('lab-worker-3')).toBe('lab-worker-3-aside');
  const long = machineName('a'.repeat(40), 'b'.repeat(20), 1);
  expect(asideNameOf(long)).toHaveLength(63);
  const aside = { name: asideNameOf(long), role: 'b'.repeat(20), ordinal: 1 };
  expect(nameThenOf('a'.repeat(40), aside)).toBe(long);
  expect(nameThenOf('lab', { name: 'old-box-aside', role: 'worker', ordinal: 1 })).toBe('old-box');
});

test('named addresses come first, then former ones, then the lowest free ones in the order of the machines', () => {
  const taken = { by: new Map([['192.0.2.10', 'VM 105 (web-1)']]), reserved: new Set(['192.0.2.12']) };
  const given = assignAddresses(
    addressing,
    [
      { name: 'a' },
      { name: 'b', former: '192.0.2.14' },
      { name: 'c', fixed: '192.0.2.99' },
      { name: 'd', former: '192.0.2.200' },
    ],
    taken,
  );
  expect(
    [...given].map(([name, it]) => `${name} ${it.address}/${it.prefixLength} ${it.gateway ?? ''}`),
  ).toEqual([
    'c 192.0.2.99/24 192.0.2.1',
    'b 192.0.2.14/24 192.0.2.1',
    'a 192.0.2.11/24 192.0.2.1',
    'd 192.0.2.13/24 192.0.2.1',
  ]);
});

test('a range that has no more, and a named address that somebody has, are refused with who has it', () => {
  const many = Array.from({ length: 7 }, (_, at) => ({ name: `m${at}` }));
  expect(() => assignAddresses(addressing, many, nobody)).toThrow(
    /192\.0\.2\.10-192\.0\.2\.14.*2 more are needed/s,
  );
  const taken = { by: new Map([['192.0.2.99', 'VM 105 (web-1)']]), reserved: new Set<string>() };
  expect(() => assignAddresses(addressing, [{ name: 'a', fixed: '192.0.2.99' }], taken)).toThrow(
    /VM 105 \(web-1\)/,
  );
});

test('no machine gets an address of a guest, a lease, a member, the network itself, or one named for another', () => {
  const machines = { 2: { address: '192.0.2.14', patches: [] } };
  const wide = { ...addressing, gateway: '192.0.2.11', range: { first: '192.0.2.10', last: '192.0.2.20' } };
  const plan = planOf(
    input(
      { action: 'create' },
      {
        profile: profile({
          roles: [role('worker', 4, { machines })],
          addressing: wide,
          dns: { servers: ['192.0.2.12'] },
        }),
        members: [member('worker', 4, 1004, 'pve01', { address: '192.0.2.15' })],
        facts: lookWith([seen(member('worker', 4, 1004, 'pve01'))], {
          addresses: [
            { address: '192.0.2.10', vmid: 105, by: 'VM 105 (web-1)' },
            { address: '192.0.2.13', by: 'cluster/home/other' },
          ],
        }),
      },
    ),
  );
  expect(addresses(plan)).toEqual({
    'lab-worker-1': '192.0.2.16',
    'lab-worker-2': '192.0.2.14',
    'lab-worker-3': '192.0.2.17',
  });
});

test('a machine that is made anew gets the address of the one in its place, which still has it', () => {
  const members = workers.map((it, at) => ({ ...it, address: `192.0.2.1${at}` }));
  const facts = lookWith(
    members.map((it) => seen(it)),
    { addresses: members.map(({ vmid, name, address }) => ({ address, vmid, by: `VM ${vmid} (${name})` })) },
  );
  const given = { members, facts, profile: profile({ addressing }) };
  const plan = planOf(input({ action: 'replace', machines: ['lab-worker-2'] }, given));
  expect(addresses(plan)).toEqual({ 'lab-worker-2': '192.0.2.11' });
  const rebuilt = planOf(input({ action: 'rebuild' }, given));
  expect(addresses(rebuilt)).toEqual({
    'lab-worker-1': '192.0.2.10',
    'lab-worker-2': '192.0.2.11',
    'lab-worker-3': '192.0.2.12',
  });
});

test('a machine that is made before another one goes does not get its address', () => {
  const spare = member('spare', 1, 1004, 'pve01');
  const members = [...workers.slice(0, 1), spare].map((it, at) => ({ ...it, address: `192.0.2.1${at}` }));
  const facts = lookWith(
    members.map((it) => seen(it)),
    { addresses: members.map(({ vmid, name, address }) => ({ address, vmid, by: `VM ${vmid} (${name})` })) },
  );
  const lab = profile({ addressing, roles: [role('worker', 1), role('spare', 1)] });
  const counts = { worker: 2, spare: 0 };
  const plan = planOf(input({ action: 'scale', counts }, { members, facts, profile: lab }));
  expect(storyOf(plan)).toEqual(['make lab-worker-2@pve02', 'delete 1004']);
  expect(addresses(plan)).toEqual({ 'lab-worker-2': '192.0.2.12' });
});

test('with DHCP nobody gets an address', () => {
  const plan = planOf(input({ action: 'create' }, { facts: look() }));
  expect(machinesOf(plan).map(({ address }) => address)).toEqual([undefined, undefined, undefined]);
});
