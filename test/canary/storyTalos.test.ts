import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StandInControl } from '../../standins/control';
import { followSimulator } from '../../standins/follow';
import { callsFile } from '../../standins/program';
import type { ClusterPlan } from '../../src/domain/cluster/plan';
import { changeClusterWorkflowId, playbookWorkflowId } from '../../src/domain/names';
import { templateCopy } from '../activities/cluster/given';
import { playbook } from '../ansible/support/tree';
import { builtPackage, type BuiltPackage } from '../client/support/builtPackage';
import { smallCluster } from '../e2e/support/scenario';
import { talosProfile, withFlux } from '../e2e/support/talosClusterStage';
import { standInStage, type StandInStage } from '../standins/support/stage';
import { describeWith } from '../support/tools';
import { newCanary } from './canary';
import { operationOf } from './operation';
import { testProcesses } from './processes';
import { cluster, configOf, scenarioOf } from './scenario';
import { namedNeedles } from './search';
import { setCanaryStage, type CanaryStage, type CommandResult, type RunningPrograms } from './stage';
import { needlesOfYaml } from './talosNeedles';

const longTimeoutMs = 300_000;
const change = changeClusterWorkflowId(cluster, 'lab');
const run = playbookWorkflowId(cluster, 'site');

const vaultPassword = newCanary();
const deployKeyLines = [1, 2, 3].map(() => randomBytes(48).toString('base64'));
const deployKey = [
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  ...deployKeyLines,
  '-----END OPENSSH PRIVATE KEY-----',
].join('\n');

const sections = `
defaults: { storage: local-lvm, network_bridge: vmbr0 }
vmid_ranges: { templates: 900-999, vms: 1000-1999 }
templates: { boot_timeout: 60s }
secrets: { fleet_key: { file: fleet_key } }
ansible: { fleet_infra_path: tree, inventory: inventory/hosts.yaml, vault_password: { file: vault } }
`;

describeWith(['ansible-playbook', 'ansible-vault'], 'with a Talos cluster, Flux and a vault', () => {
  const undoings: (() => unknown)[] = [];
  let built: BuiltPackage;
  let tools: StandInStage;
  let stage: CanaryStage;
  let programs: RunningPrograms;
  /** Of the Talos cluster, on the worker's machine. */
  let folder: string;

  beforeAll(async () => {
    built = await builtPackage();
    tools = await standInStage((undo) => undoings.push(undo));
    stage = await setCanaryStage(built);
    undoings.push(() => stage.close());
    stage.plant(
      ...namedNeedles('the vault password', vaultPassword),
      ...deployKeyLines.flatMap((line) => namedNeedles('the deploy key', line)),
    );
    const copies = ['pve01', 'pve02', 'pve03'].map((node, at) => templateCopy(900 + at, node));
    const { access } = scenarioOf(stage.token, { small: [], large: [] });
    const simulator = await stage.simulate({ ...smallCluster('9', copies), access }, 50);
    for (const name of ['clusters', 'tree', 'tree/inventory', 'tree/playbooks', 'tree/vars'])
      mkdirSync(join(stage.folder, name));
    stage.write('ca.pem', simulator.certificateAuthorityPem);
    stage.write('token', stage.token.entry, 0o600);
    stage.write('fleet_key', `${deployKey}\n`, 0o600);
    const vault = stage.write('vault', `${vaultPassword}\n`, 0o600);
    stage.write('cluster-config.yaml', configOf(simulator, 'file: token', { sections }));
    stage.write('clusters/lab.yaml', talosProfile('lab', { controlPlanes: 1, workers: 2, more: withFlux }));
    stage.write(
      'tree/inventory/hosts.yaml',
      'all: { vars: { ansible_python_interpreter: "{{ ansible_playbook_python }}" }, hosts: { alpha: { ansible_connection: local } } }\n',
    );
    const hidden = stage.write('tree/vars/hidden.yaml', 'hidden: opened\n');
    execFileSync('ansible-vault', ['encrypt', '--vault-password-file', vault, hidden], { stdio: 'ignore' });
    stage.write(
      'tree/playbooks/site.yaml',
      playbook('alpha', [{ name: 'Fail', 'ansible.builtin.fail': { msg: '{{ hidden }}' } }], {
        vars_files: ['../vars/hidden.yaml'],
      }),
    );
    const ending = new AbortController();
    const control = new StandInControl(tools.control.stateFile);
    const following = followSimulator(control, simulator.controlUrl, ending.signal);
    undoings.push(async () => {
      ending.abort();
      await following.catch(() => undefined);
    });
    programs = await stage.up();
    await stage.temporal(programs.address);
  }, longTimeoutMs);
  afterAll(async () => {
    for (const undo of undoings.splice(0).reverse()) await undo();
    built.remove();
  }, longTimeoutMs);

  const operation = (workflowId: string) =>
    operationOf(
      () => stage,
      () => programs.address,
      workflowId,
      workflowId,
    );

  async function done(command: Promise<CommandResult>): Promise<CommandResult> {
    const result = await command;
    if (result.exitCode !== 0) throw new Error(`${result.stdout}\n${result.stderr}`);
    return result;
  }

  /** Starts an operation, which waits for its approval then; the hash of its plan. */
  async function planned(...words: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await stage.pxm(words);
    const [, hash] = /pxm approve \S+ ([0-9a-f]{12})/.exec(stdout) ?? [];
    if (exitCode !== 4 || hash === undefined) throw new Error(`${stdout}\n${stderr}`);
    return hash;
  }

  /** Approves a plan and follows it to its end, in one process. */
  async function carriedOut(target: string, hash: string): Promise<void> {
    const results = await stage.pxmInTurn([
      ['approve', target, hash],
      ['watch', target, '--wait'],
    ]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  }

  /** What a careless tool has read stands in its own words. */
  function betray(program: 'talosctl' | 'flux', command: string, file: string): void {
    tools.control.order({ program, command, moment: 'after', then: { kind: 'betray', file } });
  }

  function inFolder(...names: readonly string[]): string[] {
    return names.map((name) => join(folder, name));
  }

  test(
    'a cluster is made; its tools fail four times with a secret in their words, and a person has each step tried again',
    async () => {
      const hash = await planned('cluster', 'create', 'lab');
      const { instance } = await (await operation(change).handle()).query<ClusterPlan>('plan');
      folder = join(stage.stateFolder, 'talos', cluster, 'lab', instance);
      const [secrets = '', talosconfig = '', kubeconfig = ''] = inFolder(
        ...['secrets.yaml', 'talosconfig', 'kubeconfig'],
      );
      betray('talosctl', 'apply-config', secrets);
      betray('talosctl', 'kubeconfig', talosconfig);
      betray('flux', 'bootstrap git', kubeconfig);
      betray('flux', 'bootstrap git', join(stage.folder, 'fleet_key'));
      await done(stage.pxm(['approve', change, hash]));
      const { decision, answer } = operation(change);
      for (const step of ['apply', 'kubeconfig', 'flux', 'flux']) {
        const open = await decision('CommandFailed');
        expect(open.stepId?.startsWith(step)).toBe(true);
        expect(open.problem.proxmoxSaid).toMatch(/failed to read[\s\S]*\[secret\]/);
        await answer(open, 'retry');
      }
      expect((await done(stage.pxm(['watch', change, '--wait']))).stdout).toMatch(/3 machines|lab-worker-2/);
      const api = Buffer.from(tools.control.state().kubernetesApi?.certificateAuthority ?? '');
      const isPublic = (value: string) => value === api.toString('base64') || value.startsWith('https://');
      stage.plant(
        ...needlesOfYaml('the Talos secrets', secrets),
        ...needlesOfYaml('the talosconfig', talosconfig, isPublic),
        ...needlesOfYaml('the kubeconfig', kubeconfig, isPublic),
      );
      await stage.collect();
    },
    longTimeoutMs,
  );

  test(
    'it gets smaller, is shown, and is destroyed; a playbook with a vault fails before that',
    async () => {
      await carriedOut(change, await planned('cluster', 'scale', 'lab', 'worker=1'));
      await stage.collect();

      const playing = await planned('ansible', 'run', 'site');
      await done(stage.pxm(['approve', run, playing]));
      const { decision, answer } = operation(run);
      await answer(await decision('CommandFailed'), 'skip');
      await stage.pxm(['watch', run, '--wait']);

      const destroying = await planned('cluster', 'destroy', 'lab', '--now', '--hard-stop');
      await stage.pxmInTurn([
        ['cluster', 'status', 'lab'],
        ['cluster', 'list', '--json'],
        ['operations', '--json'],
      ]);
      await carriedOut(change, destroying);
      await stage.pxmInTurn([
        ['report', change, '--format', 'markdown'],
        ['report', run, '--format', 'json'],
      ]);
      await stage.collect({
        name: 'calls of tools',
        bytes: readFileSync(callsFile(tools.control.stateFile)),
      });
    },
    longTimeoutMs,
  );

  const places = () =>
    stage
      .hits()
      .map(({ name }) => name)
      .sort();
  const keptPlaces = () =>
    [
      ...['scenario.yaml', 'token', 'fleet_key', 'vault'].map((name) => join(stage.folder, name)),
      ...inFolder('secrets.yaml', 'talosconfig', 'kubeconfig'),
      // What etcd held before the cluster went.
      ...readdirSync(join(folder, 'snapshots')).map((name) => join(folder, 'snapshots', name)),
    ].sort();

  test('after all that they are nowhere but where they are kept: no output, no history, no log, no report', () => {
    expect(places()).toEqual(keptPlaces());
  });

  testProcesses('nor were they in the environment or on the command line of a process (needs /proc)', () => {
    expect(stage.processes.hits()).toEqual([]);
    for (const program of ['talosctl/main.js', 'flux/main.js', 'ansible-playbook', 'worker.js'])
      expect(stage.processes.seen()).toContainEqual(expect.stringContaining(program));
  });

  test(
    'named by a careless person as who has asked, each is found in the output, the history and the command line',
    async () => {
      const one = (name: string) =>
        [...stage.needles].find(({ form }) => form === `${name}: raw`)?.bytes.toString() ?? '';
      const names = [
        ...['the vault password', 'the deploy key', 'the Talos secrets'],
        ...['the talosconfig', 'the kubeconfig'],
      ];
      const by = names.map(one).join(' ');
      await stage.pxm(['ansible', 'run', 'site', '--dry-run', '--by', by]);
      await stage.collect();
      const found = stage.hits().filter(({ name }) => !keptPlaces().includes(name));
      const forms = names.map((name) => `${name}: raw`);
      for (const place of [`${run} `, 'pxm ansible run site'])
        expect(found.filter(({ name }) => name.startsWith(place)).flatMap((it) => it.forms)).toEqual(
          expect.arrayContaining(forms),
        );
    },
    longTimeoutMs,
  );
});
