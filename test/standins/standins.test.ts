import { join } from 'node:path';
import { execa } from 'execa';
import { StandInControl } from '../../standins/control';
import { followSimulator } from '../../standins/follow';
import { runTool } from '../../src/programs/run';
import { startSimulator } from '../../simulator';
import { startControlServer } from '../../simulator/control/control-server';
import { labWith, machine } from '../activities/inspection/lab';
import { useCleanUp } from '../proxmox/support';
import { waitUntil } from '../support/waitUntil';
import { standInStage, type StandInStage } from './support/stage';

const clean = useCleanUp();
const first = { uuid: 'aaaaaaaa-0000-4000-8000-000000000001', address: '10.5.0.11' };
const second = { uuid: 'aaaaaaaa-0000-4000-8000-000000000002', address: '10.5.0.12' };

/** Calls talosctl in the stage's folder. */
function talosctl({ bin, folder }: StandInStage, ...words: string[]) {
  return execa(join(bin, 'talosctl'), words, { cwd: folder, reject: false, stdin: 'ignore' });
}

/** Secrets, a talosconfig and a configuration for control planes in the stage's folder. */
async function generated(stage: StandInStage): Promise<void> {
  const cluster = ['gen', 'config', 'staging', 'https://10.5.0.10:6443', '--with-secrets', 'secrets.yaml'];
  await talosctl(stage, 'gen', 'secrets', '-o', 'secrets.yaml');
  await talosctl(stage, ...cluster, '-t', 'talosconfig', '-o', 'talosconfig');
  await talosctl(stage, ...cluster, '-t', 'controlplane', '-o', 'machine.yaml');
}

const on = ({ address }: { readonly address: string }) => [
  '--talosconfig',
  'talosconfig',
  '-n',
  address,
  '-e',
  address,
];

test('a machine installs, starts again and runs; a second bootstrap elsewhere is a split brain, and is told', async () => {
  // The second never joins the first by itself.
  const stage = await standInStage(clean, { timings: { etcdJoin: 60_000 } });
  const { control } = stage;
  await generated(stage);
  for (const { uuid, address } of [first, second]) {
    control.powerOn(uuid, address);
    const applied = await talosctl(stage, 'apply-config', '--insecure', '-n', address, '-f', 'machine.yaml');
    expect(applied.exitCode).toBe(0);
  }
  await waitUntil('both machines', () =>
    Promise.resolve(control.state().machines.every(({ phase }) => phase === 'running') ? true : undefined),
  );
  await waitUntil('the bootstrap', async () =>
    (await talosctl(stage, 'bootstrap', ...on(first))).exitCode === 0 ? true : undefined,
  );
  expect((await talosctl(stage, 'bootstrap', ...on(first))).stderr).toContain(
    'code = AlreadyExists desc = etcd data directory is not empty',
  );
  expect(control.cluster().hasSplitBrain).toBe(false);
  expect((await talosctl(stage, 'bootstrap', ...on(second))).exitCode).toBe(0);
  expect(control.cluster()).toMatchObject({ hasSplitBrain: true, bootstraps: [first.uuid, second.uuid] });
});

test('every configuration that is generated without secrets is one of another cluster', async () => {
  const stage = await standInStage(clean);
  const words = ['gen', 'config', 'staging', 'https://10.5.0.10:6443', '-t', 'worker', '-o', '-'];
  const texts = [await talosctl(stage, ...words), await talosctl(stage, ...words)].map(
    ({ stdout }) => stdout,
  );
  expect(new Set(texts).size).toBe(2);
});

test('faults are kept in their order: fail before or after the effect, be slow, hang until SIGTERM or longer', async () => {
  const stage = await standInStage(clean);
  const { control } = stage;
  const fault = { program: 'talosctl', command: 'gen secrets' } as const;
  const fail = { kind: 'fail', stderr: 'lost', exitCode: 1 } as const;
  control.order({ ...fault, then: fail });
  control.order({ ...fault, moment: 'after', then: fail });
  expect(await talosctl(stage, 'gen', 'secrets')).toMatchObject({ exitCode: 1, stderr: 'lost' });
  expect(await talosctl(stage, 'gen', 'secrets')).toMatchObject({ exitCode: 1, stderr: 'lost' });
  expect((await talosctl(stage, 'gen', 'secrets')).stderr).toContain('already exists');

  control.order({ ...fault, then: { kind: 'hang' } });
  control.order({ ...fault, then: { kind: 'hang', ignoresSigterm: true } });
  const toTheEnd = async (left: number): Promise<number> => {
    const ending = new AbortController();
    const run = runTool({
      words: ['talosctl', 'gen', 'secrets', '-o', '-'],
      ...{ timeoutMs: 60_000, signal: ending.signal },
    });
    await waitUntil('the fault', () =>
      Promise.resolve(
        control.state().faults.filter(({ times }) => times > 0).length === left ? true : undefined,
      ),
    );
    ending.abort();
    const began = performance.now();
    expect(await run).toMatchObject({ outcome: 'cancelled' });
    return performance.now() - began;
  };
  const polite = await toTheEnd(1);
  expect(await toTheEnd(0)).toBeGreaterThan(polite);
  expect(control.state().faults.every(({ times }) => times === 0)).toBe(true);
});

test('the guests of a simulated Proxmox are the machines: they get power, lose it, and go', async () => {
  const stage = await standInStage(clean);
  const config = { smbios1: `uuid=${first.uuid}`, ipconfig0: `ip=${first.address}/24` };
  const guest = machine(100, {}, false);
  const simulator = await startSimulator({ scenario: labWith({ guests: [guest] }), speed: 20 });
  clean(() => simulator.close());
  simulator.control.setGuest(100, { config });
  const server = await startControlServer(simulator.control);
  clean(() => server.close());
  const ending = new AbortController();
  const following = followSimulator(new StandInControl(stage.control.stateFile), server.url, ending.signal);
  const phase = () => stage.control.state().machines.find(({ uuid }) => uuid === first.uuid)?.phase;
  const until = (wanted: string | undefined) =>
    waitUntil(`the machine to be ${wanted ?? 'gone'}`, () =>
      Promise.resolve(phase() === wanted ? true : undefined),
    );
  try {
    simulator.control.setGuest(100, { status: 'running' });
    await until('maintenance');
    simulator.control.setGuest(100, { status: 'stopped' });
    await until('off');
    simulator.control.removeGuest(100);
    await until(undefined);
  } finally {
    ending.abort();
    await following.catch(() => undefined);
  }
});
