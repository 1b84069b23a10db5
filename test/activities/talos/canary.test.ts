import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { parse } from 'yaml';
import { makeClusterSecrets, readMembers, saveEtcd } from '../../../src/activities/talos/clusters';
import { putFluxIn } from '../../../src/activities/talos/kubernetes';
import {
  applyMachineConfig,
  bootstrapMachine,
  resetOwnMachine,
} from '../../../src/activities/talos/machines';
import { ManagerError } from '../../../src/domain/errors';
import { callsFile } from '../../../standins/program';
import { namedNeedles, search, type Evidence, type Needle } from '../../canary/search';
import { filesBelow } from '../../canary/files';
import { useCleanUp } from '../../proxmox/support';
import { deployKey, errorOf, machineOf, staging, talosStage, withinMs } from './stage';

const clean = useCleanUp();
const shortestSearched = 32;

/** Every scalar of a YAML file that is long enough to be searched for. */
function secretsOf(name: string, file: string): Needle[] {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length >= shortestSearched) texts.push(value);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(parse(readFileSync(file, 'utf8')));
  expect(texts.length).toBeGreaterThan(0);
  return texts.flatMap((text) => namedNeedles(name, text));
}

test('no secret of Talos, Kubernetes or Flux is in a failure, a result, a beat, the words of a call, or a file left behind', async () => {
  const it = await talosStage(clean);
  const { dependencies, attempt, control } = it;
  const { files, on, workers } = await it.running(1, 1);
  const [worker = machineOf('worker', 1)] = workers;
  const path = (name: string) => join(files.folder, name);
  const flux = { url: 'ssh://git@git.example/fleet.git', branch: 'main', path: 'a', keySecret: 'deploy' };
  const results: unknown[] = [await saveEtcd(dependencies, attempt, { files, on, name: 'first' })];

  // A careless tool tells what it has read: each call goes wrong with one of the files in its words.
  const betrayed = ['secrets.yaml', 'talosconfig', 'kubeconfig', 'snapshots/first.db'].map(path);
  const calls: readonly (readonly [command: string, call: () => Promise<unknown>])[] = [
    ['get', () => readMembers(dependencies, attempt, { files, others: [on] })],
    [
      'gen config',
      () => applyMachineConfig(dependencies, attempt, { files, cluster: staging, machine: worker }),
    ],
    [
      'apply-config',
      () => applyMachineConfig(dependencies, attempt, { files, cluster: staging, machine: worker }),
    ],
    [
      'bootstrap',
      () => bootstrapMachine(dependencies, attempt, { files, machine: on, others: [], withinMs }),
    ],
    ['etcd members', () => readMembers(dependencies, attempt, { files, others: [on] })],
    ['etcd snapshot', () => saveEtcd(dependencies, attempt, { files, on, name: 'second' })],
    ['reset', () => resetOwnMachine(dependencies, attempt, { files, machine: worker, graceful: true })],
  ];
  const failures: unknown[] = [];
  for (const [index, [command, call]] of calls.entries()) {
    for (const file of [path('secrets.yaml'), betrayed[1 + (index % 3)] ?? '']) {
      control.order({ program: 'talosctl', command, then: { kind: 'betray', file } });
      failures.push(await errorOf(call()));
    }
  }
  for (const file of betrayed) {
    control.order({ program: 'flux', command: 'bootstrap git', then: { kind: 'betray', file } });
    failures.push(await errorOf(putFluxIn(dependencies, attempt, { files, flux, withinMs })));
  }
  expect(failures.filter((error) => !(error instanceof ManagerError))).toEqual([]);
  const other = { profile: 'staging', instance: 'i2', talosVersion: staging.version };
  control.order({
    program: 'talosctl',
    command: 'gen secrets',
    moment: 'after',
    then: { kind: 'betray', file: path('secrets.yaml') },
  });
  failures.push(await errorOf(makeClusterSecrets(dependencies, attempt, other)));
  results.push(await putFluxIn(dependencies, attempt, { files, flux, withinMs }));

  const needles = [
    ...secretsOf('secrets.yaml', path('secrets.yaml')),
    ...secretsOf('talosconfig', path('talosconfig')),
    ...secretsOf('kubeconfig', path('kubeconfig')),
    ...deployKey
      .split('\n')
      .filter((line) => !line.startsWith('-'))
      .flatMap((line) => namedNeedles('deploy key', line)),
  ].filter(isNoCertificateOfTheStage(control.state().kubernetesApi?.certificateAuthority ?? ''));
  const text = (name: string, value: unknown): Evidence => ({
    name,
    bytes: Buffer.from(
      `${inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity })} ${JSON.stringify(value)}`,
    ),
  });
  const evidence: Evidence[] = [
    ...failures.map((error, index) => text(`failure ${index}`, error)),
    ...failures.map((error, index) => text(`stack ${index}`, error instanceof Error ? error.stack : '')),
    text('results', results),
    text('beats', it.told),
    { name: 'calls', bytes: readFileSync(callsFile(control.stateFile)) },
    ...[...filesBelow(path('work'))],
  ];
  expect(search(evidence, needles)).toEqual([]);
  // The search itself finds what is there.
  for (const file of betrayed) {
    expect(search([{ name: file, bytes: readFileSync(file) }], needles)).toHaveLength(1);
  }
});

/** The certificate of the Kubernetes API is public: it is in the kubeconfig, and searched for nowhere. */
function isNoCertificateOfTheStage(certificate: string): (needle: Needle) => boolean {
  const publicText = Buffer.from(certificate).toString('base64');
  return ({ bytes }) => !publicText.includes(bytes.toString());
}
