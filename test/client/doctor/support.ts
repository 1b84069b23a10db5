import { hostname } from 'node:os';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { version as ours } from '../../../package.json';
import type { Finding } from '../../../src/domain/checkup';
import { examine, type Examination } from '../../../src/client/doctor/examine';
import { taskQueueOf } from '../../../src/domain/names';
import { workerIdentity } from '../../../src/domain/workerIdentity';
import { connectClient, type ConnectedClient } from '../../../src/temporal/connection';
import { ensureSearchAttributes } from '../../../src/temporal/searchAttributes';
import {
  healthyScenario,
  openCheckupLab,
  writeLabConfig,
  type CheckupLab,
  type LabConfig,
} from '../../activities/doctor/support/checkupLab';
import type { ProxmoxVersion } from '../../e2e/support/scenario';
import { temporalServer, uniqueName } from '../../support/temporal';
import { condition } from '../../support/temporalCondition';
import { faults, type Fault, type FaultName, type InstallationFault } from './faults';

/** The process that the polls are of: no system has one of this number, so that a worker that has died can be told of. */
export const workerPid = 2 ** 22 + 1;

/** A Temporal server with a namespace that has the search attributes and one that lacks them, and workers' polls. */
export interface Installations {
  /** Namespace and cluster name for what is wrong with the installation. */
  place(fault: InstallationFault): { readonly namespace: string; readonly cluster: string };
  /** A cluster, in the namespace where nothing is wrong, whose polls are of the process that runs the tests. */
  readonly livingCluster: string;
  readonly address: string;
  close(): Promise<void>;
}

/** A healthy cluster, with pxm in this process told of it and of a Temporal server where nothing is wrong. Close it. */
export async function openHealthyLab(installations: Installations): Promise<CheckupLab> {
  const lab = await openCheckupLab(healthyScenario('9'));
  const { namespace, cluster } = installations.place({});
  lab.configure({ cluster });
  process.env['PXM_STATE_FOLDER'] = lab.folder;
  process.env['TEMPORAL_ADDRESS'] = installations.address;
  process.env['TEMPORAL_NAMESPACE'] = namespace;
  return lab;
}

/** Sets it up. Close it. */
export async function openInstallations(): Promise<Installations> {
  const { address, namespace: standard } = await temporalServer();
  const source = 'the embedded server';
  const server = await connectClient({ address, namespace: standard, options: {}, source });
  const full = await newNamespace(server.connection);
  const bare = await newNamespace(server.connection);
  await ensureSearchAttributes(server.connection, full);
  const over = new AbortController();
  const names = { fine: uniqueName('fine'), none: uniqueName('none'), other: uniqueName('other') };
  const livingCluster = uniqueName('living');
  const workers: readonly PolledWorker[] = [
    ...[full, bare].flatMap((namespace) => [
      { namespace, cluster: names.fine, version: ours, pid: workerPid },
      { namespace, cluster: names.other, version: '0.0.1', pid: workerPid },
    ]),
    { namespace: full, cluster: livingCluster, version: ours, pid: process.pid },
  ];
  const polls = workers.map((worker) => poll(server, worker, over.signal));
  for (const { namespace, cluster } of workers) {
    const taskQueue = { name: taskQueueOf(cluster) };
    await condition('the server knows the worker', async () => {
      const { pollers } = await server.connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue,
      });
      return pollers.length > 0;
    });
  }
  return {
    address,
    livingCluster,
    place: ({ attributes, worker }) => ({
      namespace: attributes === 'missing' ? bare : full,
      cluster: worker === undefined ? names.fine : worker === 'none' ? names.none : names.other,
    }),
    async close() {
      over.abort();
      await Promise.all(polls);
      await server.close();
    },
  };
}

/** A worker that is there as far as the server knows. */
interface PolledWorker {
  readonly namespace: string;
  readonly cluster: string;
  readonly version: string;
  readonly pid: number;
}

const pollMs = 70_000;

/** What a worker does when there is no work: it asks, for up to a minute. */
async function poll(
  { connection }: ConnectedClient,
  { namespace, cluster, version, pid }: PolledWorker,
  over: AbortSignal,
): Promise<void> {
  const taskQueue = taskQueueOf(cluster);
  const identity = workerIdentity({ pid, host: hostname(), taskQueue, version });
  // A poll that ends empty just when all is over does not tell: an aborted signal aborts nothing that begins later.
  const isOver = () => over.aborted;
  while (!isOver()) {
    try {
      await connection.withDeadline(Date.now() + pollMs, () =>
        connection.withAbortSignal(over, () =>
          connection.workflowService.pollWorkflowTaskQueue({
            ...{ namespace, taskQueue: { name: taskQueue }, identity },
          }),
        ),
      );
    } catch (error) {
      if (!isOver()) throw error;
    }
  }
}

async function newNamespace(connection: Connection): Promise<string> {
  const namespace = uniqueName('doctor');
  const { workflowService } = connection;
  await workflowService.registerNamespace({
    ...{ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') },
  });
  await condition('the namespace is known', () =>
    workflowService.describeNamespace({ namespace }).then(
      () => true,
      () => false,
    ),
  );
  return namespace;
}

/** Examines a cluster and an installation with these faults, and nothing else wrong with them. */
export async function examineWith(
  installations: Installations,
  version: ProxmoxVersion,
  planted: readonly Fault[],
): Promise<Examination> {
  const scenario = planted.reduce((made, fault) => fault.scenario?.(made) ?? made, healthyScenario(version));
  const installation = planted.reduce<InstallationFault>(
    (made, fault) => ({ ...made, ...fault.installation }),
    {},
  );
  const { namespace, cluster } = installations.place(installation);
  const lab = await openCheckupLab(scenario);
  try {
    let config: LabConfig = { cluster };
    for (const fault of planted) {
      const { pins, ...more } = (await fault.plant?.(lab)) ?? {};
      config = { ...config, ...fault.config, ...more, pins: { ...config.pins, ...pins } };
    }
    writeLabConfig(lab.configFile, lab.simulator, config);
    for (const fault of planted) fault.spoil?.(lab.configFile);
    return await examine({
      locateConfig: () => lab.configFile,
      findServer: () =>
        Promise.resolve({
          ...{ address: installations.address, namespace, options: {} },
          source: 'the embedded server',
        }),
      lookAtCluster: async () => ({ via: 'direct', findings: (await lab.checkUp()).findings }),
    });
  } finally {
    await lab.close();
  }
}

/** Each fault is found once, with its words and a remedy; what is not checked names one of the checks that found them. */
export function expectExactly(
  findings: readonly Finding[],
  planted: readonly FaultName[],
  version: ProxmoxVersion,
): void {
  const found = findings.filter(({ status }) => status === 'failed' || status === 'warning');
  const expected = planted.flatMap((name) => faults[name].finds(version));
  const texts = found.map(({ status, check, where, what }) => `${status} ${check} ${where}: ${what}`);
  expect(texts).toHaveLength(expected.length);
  for (const [head, words] of expected) {
    const fitting = texts.find((text) => text.startsWith(head));
    expect(fitting ?? texts).toMatch(words);
  }
  for (const { remedy = '' } of found) {
    expect(remedy).not.toBe('');
    // A command ends its line, so that it can be copied: neither a full stop nor a sentence follows there.
    expect(remedy).not.toMatch(/ [.;] |: (?:chmod|curl|ping|ssh) .*[.;,] /);
  }
  const checks = found.map(({ check }) => check);
  for (const { status, remedy } of findings) {
    if (status === 'notChecked')
      expect(checks.map((check) => `First mend what "${check}" names.`)).toContain(remedy);
  }
}
