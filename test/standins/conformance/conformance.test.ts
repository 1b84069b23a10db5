import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { useCleanUp } from '../../proxmox/support';
import { standInStage, type StandInStage } from '../support/stage';
import { conformanceCases, type ConformanceCase, type Step } from './cases';

const clean = useCleanUp();

/** Where the real tools are: outside of node_modules, and before any stand-in is in PATH. */
const realTools = new Map(
  (['talosctl', 'flux', 'kubectl'] as const).flatMap((tool) => {
    const folder = (process.env['PATH'] ?? '').split(delimiter).find((it) => isProgram(join(it, tool)));
    return folder === undefined ? [] : [[tool, join(folder, tool)] as const];
  }),
);

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `1.13` of the first version that a tool tells. */
function minorOf(program: string): string {
  const { stdout } = spawnSync(program, ['version', '--client'], { encoding: 'utf8' });
  return /v?(\d+\.\d+)\.\d+/.exec(stdout)?.[1] ?? '';
}

const inStandIns = conformanceCases.map((it) => [`${it.tool} ${it.title}`, it] as const);

test.each(inStandIns)('stand-in: %s', async (_title, conformanceCase) => {
  const stage = await sceneOf(conformanceCase);
  await play(conformanceCase, join(stage.bin, conformanceCase.tool), stage);
});

/** What the real tools are asked: only what can be answered here. */
const inReality = conformanceCases.filter(
  ({ tool, needs, versions }) =>
    realTools.has(tool) &&
    needs !== 'talosMachine' &&
    (versions === undefined || versions.includes(minorOf(realTools.get(tool) ?? ''))),
);

test('the real tools that are there are asked too', () => {
  expect(inReality.every(({ tool }) => realTools.has(tool))).toBe(true);
});

for (const conformanceCase of inReality) {
  test(`real: ${conformanceCase.tool} ${conformanceCase.title}`, async () => {
    const stage = await sceneOf(conformanceCase);
    await play(conformanceCase, realTools.get(conformanceCase.tool) ?? '', stage);
  });
}

async function sceneOf({ needs }: ConformanceCase): Promise<StandInStage> {
  const stage = await standInStage(clean);
  if (needs !== 'nothing') stage.control.powerOn('aaaaaaaa-0000-4000-8000-000000000001', '10.5.0.11');
  if (needs === 'kubernetesApi') fillKubernetes(stage);
  return stage;
}

const token = 'conformance-token';

/** Two workers and a deployment that may lose no pod. */
function fillKubernetes({ control }: StandInStage): void {
  control.change((state, now) => {
    const workers = [1, 2].map((count) => ({
      name: `staging-worker-${count}`,
      uuid: `bbbbbbbb-0000-4000-8000-00000000000${count}`,
      address: `10.5.0.2${count}`,
    }));
    const [first] = state.machines;
    if (first === undefined) throw new Error('there is no machine');
    const configuration = (hostname: string, kind: 'worker' | 'controlplane') => ({
      ...{ cluster: 'c1', authority: 'ca', kubernetesToken: token, endpoint: 'https://10.5.0.10:6443' },
      ...{ kind, hostname, digest: hostname },
    });
    Object.assign(first, {
      ...{ phase: 'running', runsSince: 0, hasEtcdData: true },
      configuration: configuration('staging-control-1', 'controlplane'),
    });
    for (const { name, uuid, address } of workers) {
      const running = { phase: 'running', runsSince: 0, hasEtcdData: false } as const;
      state.machines.push({ uuid, address, ...running, configuration: configuration(name, 'worker') });
    }
    state.clusters.push({
      ...{
        id: 'c1',
        kubernetesToken: token,
        hasSplitBrain: false,
        bootstraps: [first.uuid],
        bootstrappedAt: 1,
      },
      etcdMembers: [{ id: '1', uuid: first.uuid, hostname: 'staging-control-1' }],
      nodes: workers.map((worker) => ({
        ...{ ...worker, uid: `node-${worker.name}`, version: 1 },
        ...{ isControlPlane: false, isUnschedulable: false },
      })),
      ...{ revision: 1, pods: [], kustomizations: [] },
      deployments: [
        { namespace: 'shop', name: 'web', replicas: 2, minimumAvailable: 2, hasLocalData: false, made: 0 },
      ],
    });
    state.timings.podStart = 0;
    return now;
  });
  control.state();
}

async function play({ steps }: ConformanceCase, program: string, stage: StandInStage): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-conformance-'));
  clean(() => rmSync(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText(stage), { mode: 0o600 });
  for (const step of steps) await playStep(step, program, folder, kubeconfig);
}

async function playStep(
  { words, expected }: Step,
  program: string,
  folder: string,
  kubeconfig: string,
): Promise<void> {
  const given = words.map((word) => word.replace('$KUBECONFIG', kubeconfig));
  const { exitCode, stdout, stderr } = await execa(program, given, {
    ...{ cwd: folder, reject: false, stdin: 'ignore', timeout: 30_000, extendEnv: false },
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
  });
  expect({ words, exitCode, stderr: exitCode === expected.exitCode ? '' : stderr }).toEqual({
    ...{ words, exitCode: expected.exitCode, stderr: '' },
  });
  if (expected.stdout !== undefined) expect(stdout).toMatch(expected.stdout);
  if (expected.stderr !== undefined) expect(stderr).toMatch(expected.stderr);
}

function kubeconfigText({ control }: StandInStage): string {
  const api = control.state().kubernetesApi;
  const ca = Buffer.from(api?.certificateAuthority ?? '').toString('base64');
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server: api?.url, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  });
}

test('a call is logged with its words, the names of its variables and the mode of its files', async () => {
  const stage = await standInStage(clean);
  const [first] = conformanceCases;
  if (first === undefined) throw new Error('there is no case');
  await play(first, join(stage.bin, 'talosctl'), stage);
  const [logged] = stage.control.calls('talosctl');
  expect(logged).toMatchObject({
    argv: ['version', '--client'],
    variables: expect.arrayContaining(['HOME']) as unknown,
  });
  expect(readFileSync(join(stage.bin, 'talosctl'), 'utf8')).toContain('exec ');
});
