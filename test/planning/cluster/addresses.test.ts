import type { ClusterMember } from '../../../src/domain/cluster/member';
import { assignAddresses } from '../../../src/planning/cluster/addresses';
import { asideNameOf, machineName, nameThenOf } from '../../../src/planning/cluster/names';
import { sharedAddressReasons } from '../../../src/planning/cluster/sharedAddress';
import {
  input,
  look,
  lookWith,
  machinesOf,
  member,
  planOf,
  profile,
  refusalOf,
  role,
  seen,
  storyOf,
  talos,
  talosMembers,
  talosProfile,
  workers,
} from './given';
import { without } from '../template/given';

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

test('no card gets the MAC address of a machine that was read', () => {
  const macsWith = (macs: readonly string[]) =>
    machinesOf(planOf(input({ action: 'create' }, { facts: look({ macs }) }))).flatMap(({ networkCards }) =>
      networkCards.map(({ macAddress }) => macAddress ?? ''),
    );
  const [taken = '', ...others] = macsWith([]);
  const [first, ...rest] = macsWith([taken]);
  expect(first).toMatch(/^BC:24:11:/);
  expect(first).not.toBe(taken);
  expect(rest).toEqual(others);
});

describe('somebody else with the address that control planes share', () => {
  const addresses = [{ address: '192.0.2.10', vmid: 105, by: 'VM 105 (web-1)' }];
  const with105 = (members: readonly ClusterMember[], running = true) =>
    lookWith(
      members.map((it) => seen(it, {}, { running })),
      { addresses },
    );
  const refused =
    'InputInvalid: VM 105 (web-1) has the address 192.0.2.10, which the control planes of lab are to share. Give VM 105 (web-1) another address';

  test('keeps a cluster from being made, made anew, and brought back', () => {
    const said = (action: 'create' | 'rebuild' | 'undo', members: readonly ClusterMember[], running = true) =>
      refusalOf(input({ action }, { ...talos, members, facts: with105(members, running) }));
    const fresh = input({ action: 'create' }, { profile: talosProfile(), facts: look({ addresses }) });
    expect(refusalOf(fresh)).toContain(refused);
    expect(said('rebuild', talosMembers)).toContain(refused);
    const off = talosMembers.map((it) => ({ ...it, name: `${it.name}-aside`, state: 'aside' as const }));
    expect(said('undo', off, false)).toContain(refused);
    const back = input({ action: 'undo' }, { ...talos, members: off, facts: with105(off, false) });
    const unknown = 'nobody knows whether the control planes share an address';
    expect(planOf(without(back, 'profile')).warnings.join()).toContain(unknown);
  });

  test('is a warning where the cluster announces it already, and no matter where no control plane is made', () => {
    const facts = with105(talosMembers);
    const replaced = planOf(input({ action: 'replace', machines: ['lab-cp-2'] }, { ...talos, facts }));
    const said = 'VM 105 (web-1) has the address 192.0.2.10, which the control planes share';
    expect(replaced.warnings.join()).toContain(said);
    expect(sharedAddressReasons(replaced, talosProfile(), facts)).toEqual([]);
    const scaled = planOf(input({ action: 'scale', counts: { worker: 3 } }, { ...talos, facts }));
    expect(scaled.warnings.join()).not.toContain('192.0.2.10');
  });

  test('is no guest that goes in the same plan, and nobody where the endpoint is a name or address of its own', () => {
    const facts = lookWith(
      talosMembers.map((it) => seen(it)),
      { addresses: [{ address: '192.0.2.10', vmid: 1001, by: 'VM 1001 (lab-cp-1)' }] },
    );
    const rebuilt = planOf(input({ action: 'rebuild' }, { ...talos, facts }));
    expect(rebuilt.phases.map(({ kind }) => kind)).toEqual(['delete', 'make']);
    expect(sharedAddressReasons(rebuilt, talosProfile(), facts)).toEqual([]);
    const ledThere = { version: 'v1.13.2', kubernetesVersion: '1.35.2', endpoint: '192.0.2.10', patches: [] };
    const own = talosProfile({ talos: { ...ledThere, virtualAddress: false } });
    const created = input({ action: 'create' }, { profile: own, facts: look({ addresses }) });
    expect(refusalOf(created)).toContain('make lab-cp-1');
  });
});
