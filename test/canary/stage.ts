import { execFile, spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { ScenarioInput } from '../../simulator';
import { connectClient, type ConnectedClient } from '../../src/temporal/connection';
import type { BuiltPackage } from '../client/support/builtPackage';
import { startAtTerminal, type TerminalRun } from '../client/support/pseudoTerminal';
import { temporalExecutable } from '../support/temporal';
import { newCanaryToken, type CanaryToken } from './canary';
import { filesBelow } from './files';
import { historiesOf } from './histories';
import { watchProcesses, type ProcessWatch } from './processes';
import { needlesOf, search, type Evidence, type Hit, type Needle } from './search';
import { watchFiles } from './temporaryFiles';
import { simulatorControl, type SimulatorProcess } from './simulatorProcess';

/** How one command of the CLI ended. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the built CLI in folders of its own, with everything that it wrote down. */
export interface CanaryStage {
  readonly token: CanaryToken;
  /** Everything that is searched for: the token's secret, and what was planted beside it. */
  readonly needles: readonly Needle[];
  /** Adds more to search for, in what was collected before too. */
  plant(...needles: readonly Needle[]): void;
  /** Its files, its standard folders, its temporary files. All of it is searched. */
  readonly folder: string;
  readonly stateFolder: string;
  /** The built package's program that the CLI starts as worker. */
  readonly workerFile: string;
  readonly processes: ProcessWatch;
  /** Runs the CLI; what it prints is evidence. Never rejects. */
  pxm(args: readonly string[], variables?: NodeJS.ProcessEnv): Promise<CommandResult>;
  /** The same for several commands in one process, one after the other: starting Node takes longer than most of them. */
  pxmInTurn(commands: readonly (readonly string[])[]): Promise<CommandResult[]>;
  /** Starts the CLI in the foreground; what it prints is evidence. Told to end at the end. */
  start(args: readonly string[], variables?: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams;
  /** Starts the CLI at a terminal; end it. What it shows is evidence once it is collected. */
  startAtTerminal(args: readonly string[], variables?: NodeJS.ProcessEnv): TerminalRun;
  /** `up` on free ports. */
  up(variables?: NodeJS.ProcessEnv): Promise<RunningPrograms>;
  /**
   * Starts the simulator of the built package; it knows the token from the scenario file alone. `rootKey`: a line of
   * authorized_keys.
   */
  simulate(scenario: ScenarioInput, speed: number, rootKey?: string): Promise<SimulatorProcess>;
  /** Writes a file below the folder and returns its path. */
  write(name: string, text: string, mode?: number): string;
  /** Connects to the server. Closed with the stage. */
  temporal(address: string): Promise<ConnectedClient>;
  /** Adds what Temporal tells now, and everything else that is given. */
  collect(...more: Evidence[]): Promise<void>;
  /** Searches everything that was collected, and every file of the run. */
  hits(): Hit[];
  close(): Promise<void>;
}

/** What `up --json` tells. */
export type RunningPrograms = z.infer<typeof upDocument>;

const upDocument = z.object({
  address: z.string(),
  worker: z.object({ pid: z.number(), logFile: z.string() }),
});

/** Node would write reports at every occasion, into the run's folder, if these reached a program of ours. */
const reportOptions = [
  ...['--report-on-fatalerror', '--report-uncaught-exception', '--report-on-signal'],
  '--report-signal=SIGUSR2',
];

/** Whatever the limit of the tests themselves is: a program that does not set it to 0 may write core files. */
const mayDumpCore = ['/bin/sh', '-c', 'ulimit -c unlimited 2>/dev/null; exec "$@"', 'sh'] as const;

/** Runs each command line as the CLI's own entry does; prints how they ended as one JSON document. */
const commandsInTurn = `
  const { PassThrough } = require('node:stream');
  const { text } = require('node:stream/consumers');
  const [, program, commands] = process.argv;
  const { runCli } = require(program);
  (async () => {
    const results = [];
    for (const args of JSON.parse(commands)) {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const printed = Promise.all([text(stdout), text(stderr)]);
      const terminal = { stdin, stdout, stderr, env: process.env, person: 'tester@desk' };
      const exitCode = await runCli(args, terminal, new AbortController().signal);
      stdout.end();
      stderr.end();
      const [output, errors] = await printed;
      results.push({ exitCode, stdout: output, stderr: errors });
    }
    process.stdout.write(JSON.stringify(results));
  })();
`;

const resultsInTurn = z.array(
  z.object({ exitCode: z.number().nullable(), stdout: z.string(), stderr: z.string() }),
);

/** SIGTERM, which `pxm simulate` and `pxm worker` pass on to their programs. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Sets the stage. Close it. */
export async function setCanaryStage(
  built: BuiltPackage,
  variables: NodeJS.ProcessEnv = {},
): Promise<CanaryStage> {
  const token = newCanaryToken();
  const needles = [...needlesOf(token.secret)];
  const folder = mkdtempSync(join(tmpdir(), 'pxm-canary-'));
  const [home, temporary, working, state] = ['home', 'tmp', 'working', 'state'].map((name) => {
    const path = join(folder, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  });
  if (working === undefined || state === undefined) throw new Error('there are four folders');
  const temporalCli = await temporalExecutable();
  const env = {
    ...{ PATH: process.env['PATH'], HOME: home, TMPDIR: temporary, PXM_STATE_FOLDER: state },
    PXM_CONFIG: join(folder, 'cluster-config.yaml'),
    TEMPORAL_CLI: temporalCli,
    NODE_OPTIONS: `${reportOptions.join(' ')} --report-dir=${join(folder, 'working')}`,
    ...variables,
  };
  const processes = watchProcesses(needles);
  const temporaryFiles = watchFiles(join(folder, 'tmp'));
  const evidence: Evidence[] = [];
  const closed = new Set<string>();
  const children: ChildProcess[] = [];
  let connected: ConnectedClient | undefined;

  function run(args: readonly string[], more: NodeJS.ProcessEnv): Promise<CommandResult> {
    return new Promise((settle) => {
      const options = { env: { ...env, ...more }, cwd: working };
      const [command, ...words] = [...mayDumpCore, process.execPath, ...reportOptions, ...args];
      const child = execFile(command, words, options, (_, stdout, stderr) => {
        settle({ exitCode: child.exitCode, stdout, stderr });
      });
    });
  }

  function keep(args: readonly string[], { stdout, stderr }: CommandResult): void {
    const name = `pxm ${args.join(' ')}`;
    evidence.push({ name: `${name}: output`, bytes: Buffer.from(stdout) });
    evidence.push({ name: `${name}: errors`, bytes: Buffer.from(stderr) });
  }

  const stage: CanaryStage = {
    ...{ token, needles, folder, stateFolder: state, processes },
    plant: (...more) => {
      needles.push(...more);
    },
    workerFile: join(dirname(built.cli), '../worker.js'),
    async pxm(args, more = {}) {
      const result = await run([built.cli, ...args], more);
      keep(args, result);
      return result;
    },
    async pxmInTurn(commands) {
      const program = join(dirname(built.cli), 'run.js');
      const { stdout, stderr } = await run(['-e', commandsInTurn, program, JSON.stringify(commands)], {});
      if (stdout === '') throw new Error(stderr);
      const results = resultsInTurn.parse(JSON.parse(stdout));
      commands.forEach((args, index) => {
        const result = results[index];
        if (result !== undefined) keep(args, result);
      });
      keep(['in turn'], { exitCode: 0, stdout: '', stderr });
      return results;
    },
    start(args, more = {}) {
      const options = { env: { ...env, ...more }, cwd: working };
      const [command, ...words] = [...mayDumpCore, process.execPath, ...reportOptions, built.cli, ...args];
      const child = spawn(command, words, options);
      const name = `pxm ${args.join(' ')}`;
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (bytes: Buffer) => evidence.push({ name, bytes }));
      }
      children.push(child);
      return child;
    },
    startAtTerminal(args, more = {}) {
      const words = [...mayDumpCore, process.execPath, ...reportOptions, built.cli, ...args];
      return startAtTerminal(words, { ...env, TERM: 'xterm', ...more });
    },
    async up(more) {
      const { stdout, stderr } = await stage.pxm(['up', '--port', '0', '--ui-port', '0', '--json'], more);
      const document = stdout === '' ? undefined : upDocument.safeParse(JSON.parse(stdout));
      if (document?.success !== true) throw new Error(`pxm up said: ${stdout}${stderr}`);
      return document.data;
    },
    async simulate(scenario, speed, rootKey = '') {
      const file = stage.write('scenario.yaml', stringify(scenario), 0o600);
      const keys = stage.write('authorized_keys', `${rootKey}\n`);
      const program = join(dirname(built.cli), '../../simulator/main.js');
      const args = ['--scenario', file, '--speed', String(speed), '--authorized-keys', keys];
      const child = spawn(process.execPath, [program, ...args], { env, cwd: working });
      children.push(child);
      child.stderr.on('data', (bytes: Buffer) => evidence.push({ name: 'the simulator', bytes }));
      for await (const line of createInterface({ input: child.stdout })) return simulatorControl(line);
      throw new Error('the simulator ended before it was ready');
    },
    write(name, text, mode = 0o644) {
      const path = join(folder, name);
      writeFileSync(path, text, { mode });
      return path;
    },
    async temporal(address) {
      connected ??= await connectClient({
        address,
        namespace: 'default',
        options: {},
        source: 'the default',
      });
      return connected;
    },
    async collect(...more) {
      evidence.push(...more);
      if (connected !== undefined) evidence.push(...(await historiesOf(connected.client, undefined, closed)));
    },
    hits: () => search([...evidence, ...temporaryFiles.evidence(), ...filesBelow(folder)], needles),
    async close() {
      await connected?.close();
      await stage.pxm(['down']);
      await Promise.all(children.map(ended));
      processes.stop();
      temporaryFiles.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}
