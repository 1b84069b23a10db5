import { join } from 'node:path';
import type { FaultOrder } from '../../../standins/control';
import { deployKey } from '../../activities/talos/stage';
import { namedNeedles, search } from '../../canary/search';
import { needlesOfYaml } from '../../canary/talosNeedles';
import { useCleanUp } from '../../proxmox/support';
import { setTalosClusterStage, talosProfile, withFlux } from '../support/talosClusterStage';
import { fluxFailures } from './support/fluxFailures';
import { historyOf, retriedToTheEnd, retryAll, type NamedFailure } from './support/named';

const clean = useCleanUp();

const refused = 'rpc error: code = Unavailable desc = connection error: desc =';
const certificateRequired = `${refused} "error reading server preface: remote error: tls: certificate required"`;
const unknownAuthority = `${refused} "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"`;
const notAvailable =
  'error executing bootstrap: rpc error: code = FailedPrecondition desc = bootstrap is not available yet';
const noTime =
  'error executing bootstrap: rpc error: code = FailedPrecondition desc = time is not in sync yet';
const lastMember =
  'error executing reset: rpc error: code = Unknown desc = failed to leave cluster: failed to remove member: etcdserver: re-configuration failed due to not enough started members';
const unhealthy = 'healthcheck error: rpc error: code = DeadlineExceeded desc = context deadline exceeded';

/** Addresses of the machines: VM 1000 is the control plane, the others are workers. */
const address = { 1000: '10.5.0.11', 1001: '10.5.0.12', 1002: '10.5.0.13' } as const;
/** Until it is withdrawn. */
const always = { times: 1_000 } as const;

const fail = (stderr: string) => ({ kind: 'fail', stderr }) as const;
const betray = (file: string) => ({ kind: 'betray', file }) as const;

type Ordered = readonly [command: string, more: Partial<FaultOrder> & Pick<FaultOrder, 'then'>];

// That etcd has data on the machine that was recorded for it is no failure but success: clusterTalosAnew.test.ts. The
// failures of etcd while a control plane leaves are in clusterTalos.test.ts: here there is only one.
test('each failure of talosctl and of flux while a cluster is made and gets smaller is a question in its own words; etcd begins once', async () => {
  const stage = await setTalosClusterStage(clean, '5s');
  stage.writeProfile('lab', talosProfile('lab', { controlPlanes: 1, workers: 2, more: withFlux }));
  const order = (...faults: readonly Ordered[]) => {
    for (const [command, more] of faults) stage.tools.order({ program: 'talosctl', command, ...more });
  };
  const withdraw = (command: string) =>
    stage.tools.change((state) => {
      state.faults = state.faults.filter((it) => it.command !== command);
    });
  const running = await stage.ask('lab', 'create');
  const { instance } = await running.plan();
  const folder = join(stage.lab.folder, 'talos', stage.cluster, 'lab', instance);
  const secrets = join(folder, 'secrets.yaml');
  order(
    ['version', { then: fail('unknown flag: --client') }],
    ['gen secrets', { then: fail(`file "${secrets}" already exists, use --force to overwrite`) }],
    ['gen config', { then: betray(secrets) }],
    ['get', { address: address[1001], then: { kind: 'hang' } }],
    ['get', { address: address[1002], then: fail(unknownAuthority) }],
    ['get', { address: address[1002], then: fail(certificateRequired) }],
    [
      'apply-config',
      { address: address[1000], then: fail(`error applying new configuration: ${certificateRequired}`) },
    ],
    [
      'apply-config',
      { address: address[1001], then: fail(`error applying new configuration: ${unknownAuthority}`) },
    ],
    ['apply-config', { address: address[1002], moment: 'after', then: betray(secrets) }],
    ['bootstrap', { ...always, then: fail(notAvailable) }],
    ['kubeconfig', { then: betray(secrets) }],
    ['health', { ...always, then: fail(unhealthy) }],
  );
  const making: readonly NamedFailure[] = [
    {
      reference: 'talosctl exits 0 or 1; usage text may follow',
      ...{ stepId: 'tools', words: 'unknown flag: --client' },
      problem: { code: 'CommandFailed', saidBy: 'talosctl' },
    },
    {
      reference: 'gen secrets: exists -> "already exists, use --force to overwrite"; never --force',
      ...{ stepId: 'secrets', words: 'already exists, use --force to overwrite' },
      problem: { code: 'NotAsExpected', failed: 'the file is there already' },
    },
    {
      reference: 'gen config --with-secrets',
      ...{ stepId: 'secrets', words: `failed to read "${secrets}"`, hidesSecrets: true },
      problem: { code: 'CommandFailed', attempted: 'run talosctl gen config' },
    },
    {
      reference: 'hang until SIGTERM',
      ...{ stepId: 'maintenance-1001', words: 'it did not end within 15 s and was stopped' },
      problem: { code: 'NotAsExpected' },
    },
    {
      reference: 'probe: authenticated, then --insecure; the TLS errors in both directions',
      ...{ stepId: 'maintenance-1002', words: certificateRequired },
      problem: { code: 'NotAsExpected' },
    },
    {
      reference: 'apply (maintenance): configured node: "tls: certificate required"',
      ...{ stepId: 'apply-1000', words: certificateRequired },
      problem: { code: 'NotAsExpected', attempted: `run talosctl apply-config on ${address[1000]}` },
    },
    {
      reference: 'apply (auth): against maintenance: "x509: certificate signed by unknown authority"',
      ...{ stepId: 'apply-1001', words: unknownAuthority },
      problem: { code: 'NotAsExpected', failed: "the machine does not know this cluster's certificates" },
    },
    {
      reference: 'effect done but exit non-zero',
      ...{ stepId: 'apply-1002', words: `failed to read "${secrets}"`, hidesSecrets: true },
      problem: { code: 'CommandFailed', failed: 'it ended with exit code 1' },
    },
    {
      reference: 'bootstrap: retry "bootstrap is not available yet"',
      ...{ stepId: 'bootstrap-1000', words: notAvailable },
      problem: { code: 'NotAsExpected', failed: 'the machine is not ready to be bootstrapped' },
      withdraw: () => {
        withdraw('bootstrap');
        order(['bootstrap', { ...always, then: fail(noTime) }]);
      },
    },
    {
      reference: 'bootstrap: retry "time is not in sync yet"',
      ...{ stepId: 'bootstrap-1000', words: noTime },
      problem: { code: 'NotAsExpected', failed: 'the machine is not ready to be bootstrapped' },
      withdraw: () => withdraw('bootstrap'),
    },
    {
      reference: 'kubeconfig PATH --merge=false --force',
      ...{ stepId: 'kubeconfig', words: `failed to read "${secrets}"`, hidesSecrets: true },
      problem: { code: 'CommandFailed' },
    },
    {
      reference: 'health: loop short calls',
      ...{ stepId: 'health', words: unhealthy },
      problem: { code: 'NotAsExpected' },
      withdraw: () => withdraw('health'),
    },
  ];
  const failures = [...making, ...fluxFailures(stage, folder)];
  await running.approved();
  await retryAll(running, failures);
  expect(await retriedToTheEnd(running)).toMatchObject({
    outcome: 'done',
    talos: { folder, bootstrapped: true },
  });
  const history = await historyOf(running);

  order(['reset', { address: address[1002], then: fail(lastMember) }]);
  const less = await stage.ask('lab', 'scale', { counts: { worker: 1 } });
  await less.approved();
  await retryAll(less, [
    {
      reference: 'leave: reset --graceful --wait refuses the last member',
      ...{ stepId: 'reset-1002', words: lastMember },
      problem: {
        code: 'NotAsExpected',
        failed: 'etcd would lose its quorum: too few members would be left',
      },
    },
  ]);
  const report = await retriedToTheEnd(less);
  expect(report).toMatchObject({ outcome: 'done' });
  const { hasSplitBrain, bootstraps, nodes } = stage.tools.cluster();
  expect({ hasSplitBrain, bootstraps }).toEqual({
    ...{ hasSplitBrain: false, bootstraps: [report.members[0]?.uuid] },
  });
  expect(nodes.map(({ name }) => name).toSorted()).toEqual(report.members.map(({ name }) => name));
  expect(stage.tools.state().repositories['ssh://git@git.example/fleet.git#main']).toHaveLength(2);
  const key = deployKey.split('\n').slice(1, -1);
  const needles = [
    ...key.flatMap((line) => namedNeedles('the deploy key', line)),
    ...needlesOfYaml('secrets.yaml', secrets),
  ];
  expect(search([history, await historyOf(less)], needles)).toEqual([]);
});
