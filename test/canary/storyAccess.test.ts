import { dirname, join } from 'node:path';
import { createCredentialProvider } from '../../src/credentials/provider';
import { accessWorkflowId } from '../../src/domain/names';
import { builtPackage, type BuiltPackage } from '../client/support/builtPackage';
import { keys } from '../client/support/pseudoTerminal';
import { makePasswordStore, type PasswordStore } from '../credentials/support';
import { describeWith } from '../support/tools';
import { plantBeside, type SecretsBeside } from './beside';
import { filesBelow } from './files';
import { operationOf } from './operation';
import { seenKeyHashedBytes, testProcesses } from './processes';
import { gone } from './programs';
import { cluster, configOf, untouchedScenarioOf } from './scenario';
import { namedNeedles } from './search';
import { setCanaryStage, type CanaryStage, type CommandResult, type RunningPrograms } from './stage';
import type { SimulatorProcess } from './simulatorProcess';

const entry = 'annarchy.net/pve/api-token';
const longTimeoutMs = 300_000;
const target = `access/${cluster}`;

describeWith(['pass', 'gpg', 'python3'], 'on an untouched cluster, with every canary', () => {
  let store: PasswordStore;
  let built: BuiltPackage;
  let stage: CanaryStage;
  let simulator: SimulatorProcess;
  let programs: RunningPrograms;
  let beside: SecretsBeside;

  beforeAll(async () => {
    store = await makePasswordStore(seenKeyHashedBytes);
    await store.insert('warm', 'up\n');
    await store.unlock('warm');
    const { GNUPGHOME, PASSWORD_STORE_DIR } = process.env;
    built = await builtPackage();
    stage = await setCanaryStage(built, { GNUPGHOME, PASSWORD_STORE_DIR });
    beside = plantBeside(stage, store);
    const scenario = untouchedScenarioOf(beside.rootPassword, { small: [101, 102], large: [] });
    simulator = await stage.simulate(scenario, 50, beside.publicLine);
    stage.write('ca.pem', simulator.certificateAuthorityPem);
    const settings = [`pass_path: ${entry}`, ...beside.settings];
    stage.write('cluster-config.yaml', configOf(simulator, settings.join('\n  ')));
    programs = await stage.up();
  }, longTimeoutMs);
  afterAll(async () => {
    await stage.close();
    built.remove();
    await store.remove();
  }, longTimeoutMs);

  const access = operationOf(
    () => stage,
    () => programs.address,
    accessWorkflowId(cluster),
    target,
  );

  /** The secret of the token that is stored now: from here on it is searched for. */
  async function plantStored(name: string): Promise<string> {
    const { tokenId, secret } = await createCredentialProvider({
      provider: 'pass',
      passPath: entry,
    }).read();
    stage.plant(...namedNeedles(name, secret.reveal()));
    return tokenId;
  }

  async function done(command: Promise<CommandResult>): Promise<CommandResult> {
    const result = await command;
    if (result.exitCode !== 0) throw new Error(`${result.stdout}\n${result.stderr}`);
    return result;
  }

  test(
    'bootstrap: the passphrase is not there, then wrong, then right',
    async () => {
      const accepted = simulator.nodes.flatMap(({ ssh }) => ['--accept-host-key', ssh.fingerprintSha256]);
      expect((await stage.pxm(['bootstrap', ...accepted])).exitCode).toBe(4);
      const missing = await access.decision('CredentialsMissing');
      expect(missing.problem.remedy).toContain('pass insert annarchy.net/ssh/root');
      // One that almost fits must not be shown either.
      await beside.keepPassphrase(`${beside.passphrase}!`);
      await access.answer(missing, 'retry');
      const wrong = await access.decision('SshAuthenticationFailed');
      expect(wrong.problem.failed).toContain('the passphrase of pass entry annarchy.net/ssh/root is wrong');
      await beside.keepPassphrase();
      await access.answer(wrong, 'retry');
      await done(stage.pxm(['approve', target, await access.planHash()]));
      expect((await done(stage.pxm(['watch', target, '--wait']))).stdout).toContain('The access is set up');
      expect(await plantStored('the first token')).toBe('claude-code@pve!automation');
      await stage.collect();
    },
    longTimeoutMs,
  );

  test(
    'doctor: the password of root is not there, then wrong, then right; here and on the worker',
    async () => {
      expect((await stage.pxm(['doctor'])).stdout).toContain('pass insert -m annarchy.net/pve/root');
      await beside.keepPassword(`${beside.rootPassword}!`);
      expect((await stage.pxm(['doctor', '--json'])).stdout).toContain('refused the password');
      await beside.keepPassword();
      const here = await stage.pxm(['doctor', '--json']);
      expect(here.stdout).toContain('a login for a ticket works');
      expect(here.stdout).toContain('a login by SSH works');
      const noStore = join(stage.folder, 'no-store');
      const there = await stage.pxm(['doctor'], { PASSWORD_STORE_DIR: noStore });
      expect(there.stdout).toContain('a login for a ticket works');
      await stage.collect();
    },
    longTimeoutMs,
  );

  test(
    'an evacuation, and a rotation whose worker is killed; the next one asks for the passphrase at its terminal',
    async () => {
      const planned = await done(stage.pxm(['evacuate', 'pve01', '--dry-run', '--json']));
      const [, hash = ''] = /"hash": ?"([0-9a-f]{12})/.exec(planned.stdout) ?? [];
      await done(stage.pxm(['evacuate', 'pve01', '--approve', hash]));
      await stage.pxm(['token', 'rotate', '--json']);
      const rotation = await access.planHash();
      process.kill(programs.worker.pid, 'SIGKILL');
      await gone(programs.worker.pid);

      stage.write('cluster-config.yaml', configOf(simulator, `pass_path: ${entry}`));
      const worker = stage.startAtTerminal(['worker'], { TEMPORAL_ADDRESS: programs.address });
      await done(stage.pxm(['approve', target, rotation]));
      await worker.shows('Passphrase of the SSH key');
      worker.type(`${beside.passphrase}!${keys.enter}`);
      await worker.shows('That does not fit.');
      worker.type(`${beside.passphrase}${keys.enter}`);
      expect((await done(stage.pxm(['watch', target, '--wait']))).stdout).toContain('The token is rotated');
      expect(await plantStored('the second token')).toBe('claude-code@pve!automation-2');
      worker.type(keys.controlC);
      await worker.exitCode;
      // Without a worker every query would wait in vain.
      programs = await stage.up();
      await stage.collect({ name: 'the terminal of the worker', bytes: Buffer.from(worker.screen()) });
    },
    longTimeoutMs,
  );

  test(
    'after all that they are nowhere but in pass and in the key file: no output, no history, no log, no report',
    async () => {
      const words = ['report', target, '--format'];
      const commands = [[...words, 'markdown'], [...words, 'json'], ['operations', '--json'], ['status']];
      for (const result of await stage.pxmInTurn(commands)) {
        expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\S/) as string });
      }
      await stage.collect(...filesBelow(dirname(process.env['GNUPGHOME'] ?? '')));
      await done(stage.pxm(['down']));
      expect(stage.hits()).toEqual([
        { name: beside.keyFile, forms: ['the SSH key file: raw'] },
        { name: join(stage.folder, 'scenario.yaml'), forms: ['the password of root: raw'] },
      ]);
    },
    longTimeoutMs,
  );

  testProcesses('nor were they in the environment or on the command line of a process (needs /proc)', () => {
    expect(stage.processes.hits()).toEqual([]);
    for (const program of ['pass show', 'pass insert', 'pass mv', 'gpg', 'worker.js', 'main.js doctor']) {
      expect(stage.processes.seen()).toContainEqual(expect.stringContaining(program));
    }
  });
});
