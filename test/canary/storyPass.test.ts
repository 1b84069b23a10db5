import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { evacuationWorkflowId } from '../../src/domain/names';
import { builtPackage, type BuiltPackage } from '../client/support/builtPackage';
import { makePasswordStore, type PasswordStore } from '../credentials/support';
import { describeWith } from '../support/tools';
import { plantBeside, type SecretsBeside } from './beside';
import { brokenConfigs } from './brokenConfigs';
import { filesBelow } from './files';
import { operationOf } from './operation';
import { seenKeyHashedBytes, testProcesses } from './processes';
import { answersOf, dumpsBelow, gone } from './programs';
import { cluster, configOf, scenarioOf } from './scenario';
import { setCanaryStage, type CanaryStage, type RunningPrograms } from './stage';
import type { SimulatorProcess } from './simulatorProcess';

const entry = 'annarchy.net/pve/api-token';
const sections = 'migration:\n  concurrency: 1\n';
const longTimeoutMs = 300_000;
const node = '/nodes/pve01/qemu';

describeWith(['pass', 'gpg'], 'with the canary as token secret, from pass', () => {
  let store: PasswordStore;
  let built: BuiltPackage;
  let stage: CanaryStage;
  let simulator: SimulatorProcess;
  let programs: RunningPrograms;
  let beside: SecretsBeside;
  let credentials: string;

  beforeAll(async () => {
    store = await makePasswordStore(seenKeyHashedBytes);
    const { GNUPGHOME, PASSWORD_STORE_DIR } = process.env;
    built = await builtPackage();
    stage = await setCanaryStage(built, { GNUPGHOME, PASSWORD_STORE_DIR });
    beside = plantBeside(stage, store);
    await Promise.all([beside.keepPassphrase(), beside.keepPassword()]);
    credentials = [`pass_path: ${entry}`, ...beside.settings].join('\n  ');
    const scenario = scenarioOf(stage.token, { small: [101, 102], large: [103, 104] });
    simulator = await stage.simulate(scenario, 20, beside.publicLine);
    stage.write('ca.pem', simulator.certificateAuthorityPem);
  }, longTimeoutMs);
  afterAll(async () => {
    await stage.close();
    built.remove();
    await store.remove();
  }, longTimeoutMs);

  /** Stores an entry and unlocks the key, as a person does. */
  async function keep(content: string): Promise<void> {
    await store.insert(entry, content);
    await store.unlock(entry);
  }

  async function upWith(config: string): Promise<void> {
    stage.write('cluster-config.yaml', config);
    programs = await stage.up();
  }

  async function endWorker(signal: NodeJS.Signals): Promise<void> {
    process.kill(programs.worker.pid, signal);
    await gone(programs.worker.pid);
  }

  const evacuation = operationOf(
    () => stage,
    () => programs.address,
    evacuationWorkflowId(cluster, 'pve01'),
    'pve01',
  );
  const { decision, answer } = evacuation;

  /** With the options of Node that this CLI was given, a signal would make it write a report. */
  async function signalWhileWatching(): Promise<void> {
    const watching = stage.start(['watch', 'pve01', '--wait']);
    await Promise.race([once(watching.stdout, 'data'), once(watching.stderr, 'data')]);
    watching.kill('SIGUSR2');
    await once(watching, 'exit');
  }

  test(
    'configurations that hold it by mistake are refused without showing it',
    async () => {
      const { id, secret } = stage.token;
      const files = Object.entries(brokenConfigs(id, secret)).map(([name, text]) =>
        stage.write(`broken-${name}.yaml`, text),
      );
      // The text is shown beside the document.
      const results = await stage.pxmInTurn(files.map((file) => ['config', 'check', file, '--json']));
      expect(results.map(({ exitCode }) => exitCode)).toEqual(files.map(() => 2));
      files.forEach((file, index) => expect(results[index]?.stderr).toContain(`${file}:`));
      const [file = ''] = files;
      expect((await stage.pxm(['config', 'check', file])).exitCode).toBe(2);
    },
    longTimeoutMs,
  );

  test(
    'a certificate that is not trusted, and a worker that is killed',
    async () => {
      await keep(`${stage.token.id}\n${stage.token.secret}wrong\n`);
      await upWith(configOf(simulator, credentials, { fingerprint: Array(32).fill('00').join(':') }));
      expect((await stage.pxm(['evacuate', 'pve01', '--detach'])).exitCode).toBe(0);
      await decision('TlsMismatch');
      await stage.pxm(['operations']);
      // Its NODE_OPTIONS, had they come through, would ask for a report.
      await endWorker('SIGUSR2');
    },
    longTimeoutMs,
  );

  test(
    'an entry that is malformed, then one that is wrong, then the right one',
    async () => {
      await keep(`${stage.token.secret}\n${stage.token.secret}\n`);
      await upWith(configOf(simulator, credentials, { sections }));
      await answer(await decision('TlsMismatch'), 'retry');
      const malformed = await decision('CredentialsMalformed');
      await stage.pxmInTurn([
        ['watch', 'pve01'],
        ['watch', 'pve01', '--json'],
      ]);
      await keep(`${stage.token.id}\n${stage.token.secret}wrong\n`);
      await answer(malformed, 'retry');
      const refused = await decision('TokenRefused');
      await stage.pxmInTurn([
        ['watch', 'pve01'],
        ['operations', '--json'],
      ]);
      await keep(stage.token.entry);
      await answer(refused, 'retry');
    },
    longTimeoutMs,
  );

  test(
    'a task that is killed, a worker that is killed, a lost answer, a refusal that echoes the secret',
    async () => {
      const hash = await evacuation.planHash();
      await signalWhileWatching();
      const lost = { matcher: { method: 'POST', path: `${node}/101/migrate` }, moment: 'before answering' };
      await simulator.order('faultRequest', { ...lost, then: 'drop' });
      const reason = `Permission check failed (/vms/102, VM.Migrate) for ${stage.token.id}=${stage.token.secret}`;
      const refusal = { matcher: { method: 'POST', path: `${node}/102/migrate` }, moment: 'before handling' };
      await simulator.order('faultRequest', { ...refusal, then: { status: 403, reason } });
      expect((await stage.pxm(['approve', 'pve01', hash, '--json'])).exitCode).toBe(0);

      const first = await simulator.copying();
      await stage.collect();
      await simulator.order('killWorker', { upid: first });
      await answer(await decision('TaskFailed'), 'skip');

      await simulator.copying(first);
      await stage.collect();
      await endWorker('SIGKILL');
      programs = await stage.up();

      const forbidden = await decision('PermissionMissing');
      expect(forbidden.problem.proxmoxSaid).toContain('[secret]');
      await answer(forbidden, 'retry');
      const watched = await stage.pxm(['watch', 'pve01']);
      expect(watched.stdout).toMatch(/3 of 4 guests moved/);
      expect(watched.exitCode).toBe(1);
    },
    longTimeoutMs,
  );

  test(
    'reports, lists, metrics, and an abort that leaves neither a core file nor a diagnostic report',
    async () => {
      const commands = [
        ...['text', 'markdown', 'json'].map((format) => ['report', 'pve01', '--format', format]),
        ...['operations', 'ledger'].flatMap((command) => [[command], [command, '--json']]),
        ...[['watch', 'pve01', '--json'], ['doctor']],
      ];
      for (const { stdout } of await stage.pxmInTurn(commands)) expect(stdout).toMatch(/\S/);
      const passwordStore = filesBelow(dirname(process.env['GNUPGHOME'] ?? ''));
      await stage.collect(...passwordStore, ...(await answersOf(programs.worker.logFile)));
      await endWorker('SIGABRT');
      expect(dumpsBelow(stage.folder)).toEqual([]);
      // The database while the server runs, with its -wal and -shm.
      expect(places()).toEqual(whereItBelongs());
    },
    longTimeoutMs,
  );

  test(
    'after all that it is nowhere: no file, no output, no history',
    async () => {
      expect((await stage.pxm(['down'])).stdout).toContain('Stopped the embedded Temporal server.');
      expect(places()).toEqual(whereItBelongs());
      expect(readdirSync(stage.stateFolder)).toEqual(expect.arrayContaining(['temporal.db', 'reports']));
    },
    longTimeoutMs,
  );

  testProcesses('nor was it in the environment or on the command line of a process (needs /proc)', () => {
    expect(stage.processes.hits()).toEqual([]);
    for (const program of ['pass show', 'gpg', 'start-dev', 'worker.js', 'main.js up', 'main.js decide']) {
      expect(stage.processes.seen()).toContainEqual(expect.stringContaining(program));
    }
  });

  function places() {
    return stage
      .hits()
      .map(({ name }) => name)
      .sort();
  }

  /** The scenario, which has to name the token's secret, the broken configurations, and the encrypted SSH key. */
  function whereItBelongs() {
    const names = readdirSync(stage.folder).filter((name) => /^(scenario|broken-.*)\.yaml$/.test(name));
    return [...names.map((name) => join(stage.folder, name)), beside.keyFile].sort();
  }
});
