import { parse, parseAllDocuments } from 'yaml';
import { ManagerError, type Problem } from '../../src/domain/errors';
import { Secret } from '../../src/domain/secret';
import { membersIn } from '../../src/talos/members';
import { networkPatch, withHostname } from '../../src/talos/patches';
import { machineOf, staging } from '../activities/talos/stage';

const parsed = (text: string | undefined): unknown => parse(text ?? '');
const named = (text: string): unknown[] =>
  [...parseAllDocuments(withHostname(new Secret(text), 'staging-control-1').reveal())].map((it): unknown =>
    it.toJS(),
  );

const main = 'version: v1alpha1\nmachine:\n  type: controlplane\n  network: {}\n';
const automatic = '---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n';

test('a control plane gets its address, and the one that all control planes share', () => {
  expect(parsed(networkPatch(staging, machineOf('controlPlane', 1)))).toEqual({
    machine: {
      network: {
        interfaces: [
          {
            deviceSelector: { physical: true },
            dhcp: false,
            addresses: ['10.5.0.11/24'],
            routes: [{ network: '0.0.0.0/0', gateway: '10.5.0.1' }],
            vip: { ip: '10.5.0.10' },
          },
        ],
      },
    },
  });
});

test('a worker with DHCP gets nothing, one with name servers only those', () => {
  const { name, kind, uuid, address, patches } = machineOf('worker', 1);
  const worker = { name, kind, uuid, address, patches };
  expect(networkPatch(staging, worker)).toBeUndefined();
  const dns = { servers: ['10.5.0.1'], searchDomain: 'lab.example' };
  expect(parsed(networkPatch({ ...staging, dns }, worker))).toEqual({
    machine: { network: { nameservers: ['10.5.0.1'], searchDomains: ['lab.example'] } },
  });
});

test('a card is told by its MAC address where that is known', () => {
  const worker = { ...machineOf('worker', 1), macAddress: 'BC:24:11:00:00:01' };
  expect(networkPatch(staging, worker)).toContain('hardwareAddr: bc:24:11:00:00:01');
});

test('before 1.12 a host name stands in the machine, since then in a document of its own, without auto', () => {
  expect(named(main)).toEqual([
    { version: 'v1alpha1', machine: { type: 'controlplane', network: { hostname: 'staging-control-1' } } },
  ]);
  expect(named(`${main}${automatic}`)).toEqual([
    { version: 'v1alpha1', machine: { type: 'controlplane', network: {} } },
    { apiVersion: 'v1alpha1', kind: 'HostnameConfig', hostname: 'staging-control-1' },
  ]);
});

test('another host name that a patch has set is refused, wherever the patch has put it, and without a word of it', () => {
  const patchedMain = (to: string) => main.replace('network: {}', `network: { hostname: ${to} }`);
  const document = (to: string) => `${main}${automatic}hostname: ${to}\n`;
  const other = 'name-7f3b';
  for (const text of [patchedMain(other), `${patchedMain(other)}${automatic}`, document(other)]) {
    const thrown = refusalOf(text);
    expect(thrown).toMatchObject({ code: 'InputInvalid', failed: 'a patch sets another host name' });
    expect(JSON.stringify(thrown)).not.toContain('7f3b');
  }
  const own = 'staging-control-1';
  expect(named(patchedMain(own))).toMatchObject([{ machine: { network: { hostname: own } } }]);
  expect(named(document(own))[1]).toEqual({
    ...{ apiVersion: 'v1alpha1', kind: 'HostnameConfig', hostname: own },
  });
});

test('what is no machine configuration is refused without a word of it', () => {
  for (const text of ['secret-7f3a: [', 'secret-7f3a']) {
    expect(JSON.stringify(refusalOf(text))).not.toContain('7f3a');
  }
});

/** Throws where nothing is refused. */
function refusalOf(text: string): Problem {
  try {
    named(text);
  } catch (error) {
    if (error instanceof ManagerError) return error.problem;
    throw error;
  }
  throw new Error('it was not refused');
}

test('members of etcd are read by the headings of the table, with and without the column of the node', () => {
  const row = ['3f2a', 'staging-control-1', 'https://10.5.0.11:2380', 'https://10.5.0.11:2379', 'false'];
  const table = (cells: readonly (readonly string[])[]) => cells.map((it) => it.join('   ')).join('\n');
  const head = ['ID', 'HOSTNAME', 'PEER URLS', 'CLIENT URLS', 'LEARNER'];
  const expected = [{ id: '3f2a', hostname: 'staging-control-1', isLearner: false }];
  expect(membersIn(table([head, row]))).toEqual(expected);
  expect(
    membersIn(
      table([
        ['NODE', ...head],
        ['10.5.0.11', ...row],
      ]),
    ),
  ).toEqual(expected);
  expect(membersIn('')).toEqual([]);
});
