/**
 * Two clusters of a hundred machines are made at once, while somebody else makes guests by `/cluster/nextid`, in the same
 * range of VMIDs: `npm run two-hundred-machines`. It takes minutes, so it is no part of `npm test`. The poller is faster
 * than the product's (one request a second) because the simulated cluster is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import setup from '../support/temporalGlobalSetup';
import teardown from '../support/temporalGlobalTeardown';
import { createLedgerClient } from '../../src/activities/ledger/client';
import { parseMemberMarker } from '../../src/planning/cluster/marker';
import { changeClusterWorkflowId, clusterWorkflowId } from '../../src/domain/names';
import type { ClusterReport } from '../../src/domain/cluster/report';
import { templateCopy } from '../activities/cluster/given';
import { answered } from '../e2e/support/answered';
import { withClusters, type ClusterStage, type RunningChange } from '../e2e/support/clusterStage';
import { setRunbookStage } from '../e2e/support/runbookStage';
import { smallCluster, testToken } from '../e2e/support/scenario';
import { waitUntil } from '../support/waitUntil';
import { startForeigner, foreignToken } from './foreigner';
import { historiesOf } from './histories';

const profiles = ['left', 'right'] as const;
const machinesEach = 100;
/** A run of the whole must have ended by then. */
const limitMs = 300_000;
/** Each look is a query of hundreds of steps. */
const lookEveryMs = 1_000;
/** Temporal itself ends a run at 50 MiB and warns from 10 MiB on. */
const historyLimitBytes = 10 * 2 ** 20;

const nodes = ['pve01', 'pve02', 'pve03'];
const conventions = `
defaults:
  storage: local-lvm
  network_bridge: vmbr0
vmid_ranges:
  templates: 900-999
  vms: 1000-1999
templates:
  boot_timeout: 2m
`;

const scenario = smallCluster(
  '9',
  nodes.map((node, at) => templateCopy(900 + at, node)),
  {
    nodes: nodes.map((name) => ({ name, memory: 2 ** 40, cpus: 128 })),
    options: { 'next-id': 'lower=1000,upper=2000' },
    access: {
      users: [testToken, foreignToken].map(({ id, secret }) => {
        const [user = '', token = ''] = id.split('!');
        return { id: user, tokens: [{ id: token, secret }] };
      }),
      acl: [testToken, foreignToken].map(({ id }) => ({
        ...{ path: '/', role: 'Administrator' },
        user: id.split('!')[0] ?? '',
      })),
    },
  },
);

function profileText(name: string): string {
  return [
    ...[`name: ${name}`, 'type: plain', 'template: debian-13'],
    ...['roles:', `  worker: { count: ${machinesEach}, cores: 1, memory: 1GiB }`, ''],
  ].join('\n');
}

/**
 * Approves every plan and passes over every machine whose VMID somebody else took, until it has ended. Two hundred machines
 * keep the worker busy: what it had no time to answer is looked at again.
 */
async function carriedThrough(running: RunningChange): Promise<ClusterReport> {
  for (;;) {
    const { phase, waitingFor } = (await answered(running.progress())) ?? {};
    if (phase === 'closed') break;
    if (waitingFor === 'approval') await answered(running.approved());
    else if (waitingFor === 'decision') await answered(passedOver(running));
    else await delay(lookEveryMs);
  }
  return running.report();
}

async function passedOver(running: RunningChange): Promise<void> {
  await running.decide(await running.decision(), 'skip');
}

/** The first answer: a worker that is busy now answers later. */
function onceAnswered<T>(what: string, ask: () => Promise<T>): Promise<T> {
  return waitUntil(what, () => answered(ask()));
}

/** Makes a cluster until it is whole: what a stranger's VMID has kept out is planned anew. Returns how often it was asked. */
async function made(stage: ClusterStage, profile: string): Promise<number> {
  for (let times = 1; times <= 5; times += 1) {
    const report = await carriedThrough(await stage.ask(profile, 'create'));
    process.stderr.write(`${profile}: ${report.summary}\n`);
    if (report.outcome === 'done') return times;
    await waitUntil(`the end of ${profile}`, async () => {
      const view = await answered(stage.view(profile));
      return view !== undefined && view.operation === undefined ? true : undefined;
    });
  }
  throw new Error(`${profile} is not whole after five times`);
}

async function run(): Promise<string[]> {
  const beganAtMs = performance.now();
  const stage = withClusters(await setRunbookStage(scenario, conventions, { pollEveryMs: 10 }));
  const { control } = stage.lab.simulator;
  try {
    for (const volume of control.cluster.volumes.all()) {
      volume.inside = { agent: true, bootSeconds: 1, machineId: undefined, hostKey: undefined };
    }
    for (const profile of profiles) stage.writeProfile(profile, profileText(profile));
    const ledger = createLedgerClient(stage.temporal.client, stage.cluster);
    const foreigner = startForeigner(stage.lab.simulator, async (wanted) => {
      const { vmids } = await onceAnswered('the leases', () => ledger.view());
      return vmids.some(({ vmid }) => vmid === wanted);
    });
    const asked = await Promise.all(profiles.map(async (profile) => made(stage, profile)));
    const strangers = await foreigner.stop();
    const seconds = (performance.now() - beganAtMs) / 1000;

    const views = await Promise.all(
      profiles.map(async (profile) => onceAnswered(profile, () => stage.view(profile))),
    );
    const members = views.flatMap(({ record }) => record?.members ?? []);
    const guests = new Map(control.guests().map((guest) => [guest.vmid, guest]));
    const known = new Set([...members, ...strangers].map(({ vmid }) => vmid));
    const wrong = members.filter(({ vmid, run: madeBy, name, uuid = 'unread' }) => {
      const guest = guests.get(vmid);
      const marker = parseMemberMarker(guest?.config['description']);
      const isOurs = marker?.vmid === vmid && marker.run === madeBy && guest?.name === name;
      return !isOurs || guest.config['smbios1']?.includes(uuid) !== true || guest.status !== 'running';
    });
    const clones = control
      .requests()
      .filter(({ method, path, status }) => method === 'POST' && path.endsWith('/clone') && status === 200)
      .map(({ parameters }) => String(parameters['newid']));
    const ids = profiles.flatMap((name) => [
      clusterWorkflowId(stage.cluster, name),
      changeClusterWorkflowId(stage.cluster, name),
    ]);
    const histories = await historiesOf(stage.temporal.client, ids);
    for (const { workflowId, events, bytes } of histories) {
      process.stdout.write(`  ${workflowId}: ${events} events, ${(bytes / 1024).toFixed(0)} KiB\n`);
    }
    process.stdout.write(
      `asked ${asked.join(' and ')} times, ${seconds.toFixed(0)} s, ${strangers.length} strangers, ${strangers.filter(({ wasLeased }) => wasLeased).length} in leased VMIDs, ${foreigner.collisions()} clones refused for them\n`,
    );
    return [
      ...expected('members', members.length, 2 * machinesEach),
      ...expected(
        'members that are ready',
        members.filter(({ state }) => state === 'ready').length,
        2 * machinesEach,
      ),
      ...expected('VMIDs of members and strangers, each once', known.size, members.length + strangers.length),
      ...expected('members that are not what the record says', wrong.length, 0),
      ...expected(
        'guests beside members, strangers and templates',
        guests.size - known.size - nodes.length,
        0,
      ),
      ...expected('VMIDs that were cloned twice', clones.length - new Set(clones).size, 0),
      ...expected(
        'strangers in a VMID that was leased',
        strangers.some(({ wasLeased }) => wasLeased),
        true,
      ),
      ...expected('strangers that were touched', foreigner.touched(guests).length, 0),
      ...expected(
        'runs whose history is too large',
        histories.filter(({ bytes }) => bytes > historyLimitBytes).length,
        0,
      ),
      ...expected(`within ${limitMs / 1000} s`, seconds * 1000 < limitMs, true),
    ];
  } finally {
    await stage.close();
  }
}

let claims = 0;

function expected<T>(what: string, actual: T, wanted: T): string[] {
  claims += 1;
  process.stdout.write(
    `${what}: ${String(actual)}${actual === wanted ? '' : `, expected ${String(wanted)}`}\n`,
  );
  return actual === wanted ? [] : [what];
}

async function main(): Promise<void> {
  await setup();
  try {
    const failures = await run();
    process.stdout.write(`${claims - failures.length} passed, ${failures.length} failed\n`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await teardown();
  }
}

void main();
