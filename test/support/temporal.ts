import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IllegalStateError } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { searchAttributeTypes } from '../../src/domain/names';
import { shellWord } from '../../src/domain/rendering/commands';
import { type ConnectedClient, connectClient, type ConnectionSettings } from '../../src/temporal/connection';
import { type EmbeddedServer, startEmbeddedServer } from '../../src/temporal/embeddedServer';
import { locateExecutable } from '../../src/temporal/executable/locate';
import { temporalCli, temporalTestServer } from '../../src/temporal/executable/pins';
import { workerTuning } from '../../src/temporal/workerTuning';
import { ThriftyWorker } from './onceInProcess/workflowThreads';
import { workflowBundle } from './temporalBundle';
import { onceInRun, runFolder, serverStateFolder } from './temporalRun';

// The SDK's own messages at INFO would bury jest's. It keeps one runtime in a process, over all its test files.
try {
  Runtime.install({ logger: new DefaultLogger('WARN') });
} catch (error) {
  if (!(error instanceof IllegalStateError)) throw error;
}

/** The `temporal` executable for tests: found, or fetched once into the user's cache folder. */
export function temporalExecutable(): Promise<string> {
  return locateExecutable(temporalCli, { onProgress: (line) => process.stderr.write(`${line}\n`) });
}

/** The one Temporal server of this jest run; the first test that needs it starts it, the run's end stops it. */
export function temporalServer(): Promise<EmbeddedServer> {
  // What is measured outside of jest is measured on a server as the product starts it.
  const isTest = process.env['JEST_WORKER_ID'] !== undefined;
  running ??= (isTest ? quickExecutable() : temporalExecutable()).then((executable) =>
    startEmbeddedServer({ stateFolder: serverStateFolder(), executable, port: 0, uiPort: 0 }),
  );
  return running;
}
let running: Promise<EmbeddedServer> | undefined;

/**
 * The `temporal` executable for what nobody needs after the run: it does not wait for the disk, and collects garbage when
 * its heap has grown fivefold, not twofold. Both are a good part of what it takes of the processor.
 */
async function quickExecutable(): Promise<string> {
  const executable = await temporalExecutable();
  const file = join(runFolder(), 'temporal-server');
  return onceInRun('temporal-server', async () => {
    const script = `#!/bin/sh\nGOGC=400 GOMEMLIMIT=1GiB exec ${shellWord(executable)} "$@" --sqlite-pragma synchronous=off\n`;
    if (!existsSync(file)) await writeFile(file, script, { mode: 0o700 });
    return file;
  });
}

/** How to connect to the run's server. */
export async function testConnectionSettings(): Promise<ConnectionSettings> {
  const { address, namespace } = await temporalServer();
  return { address, namespace, options: {}, source: 'the embedded server' };
}

/** A client of the run's server. Close it. */
export async function testClient(): Promise<ConnectedClient> {
  return connectClient(await testConnectionSettings());
}

/** A name that no other test has: for task queues, clusters, workflow IDs. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}

/** What a worker of a test does. */
export interface TestWorkerOptions {
  readonly taskQueue: string;
  readonly activities?: object;
  /** The module with its workflows. Default: the product's. */
  readonly workflowsPath?: string;
}

/** A worker of a test, in this process, with the product's settings. */
export interface TestWorker {
  /** Drains it and closes its connection. */
  stop(): Promise<void>;
}

/** Starts a worker on the run's server. Stop it. */
export async function runTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const { address, namespace } = await temporalServer();
  const codePath = await workflowBundle(options.workflowsPath);
  const connection = await NativeConnection.connect({ address });
  const worker = await ThriftyWorker.create({
    ...workerTuning,
    connection,
    namespace,
    taskQueue: options.taskQueue,
    workflowBundle: { codePath },
    ...(options.activities === undefined ? {} : { activities: options.activities }),
  });
  const ended = worker.run();
  return {
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
      await connection.close();
    },
  };
}

/**
 * The time-skipping test server with our search attributes. Its clock is global: one environment a test at a
 * time. It lacks visibility, schedules and resets. Tear it down.
 */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const path = await locateExecutable(temporalTestServer, {
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  // This server refuses to start with search attributes, so they come after it; 2 and 7 are Temporal's type numbers.
  const numbers = { Keyword: 2, KeywordList: 7 } as const;
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(searchAttributeTypes).map(([name, type]) => [name, numbers[type]]),
    ),
  });
  return environment;
}
