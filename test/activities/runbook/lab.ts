import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createRunbookActivities } from '../../../src/activities/runbook';
import type { RunbookActivities, RunStepArguments } from '../../../src/activities/runbook/contract';
import { loadClusterConfig } from '../../../src/config/load';
import { createCredentialProvider } from '../../../src/credentials/provider';
import { createCredentialStore } from '../../../src/credentials/store';
import type { StepAction } from '../../../src/domain/runbook/plan';
import { createProxmoxClient } from '../../../src/proxmox/client';
import { createTaskPoller } from '../../../src/proxmox/tasks/poller';
import { smallCluster, testToken } from '../../e2e/support/scenario';
import { startLab, type AccessLab } from '../access/support/lab';

/** Failures are what many tests are about. */
const quiet = new DefaultLogger('ERROR');

/** The activities of runbooks, before a simulated cluster with API and SSH. */
export interface RunbookLab extends AccessLab {
  readonly runbook: RunbookActivities;
}

/** Starts a lab. Close it. */
export async function startRunbookLab(more = ''): Promise<RunbookLab> {
  const lab = await startLab(smallCluster('9'), { trust: 'ca_file: ca.pem', more });
  writeFileSync(lab.tokenFile, `${testToken.id}\n${testToken.secret}\n`, { mode: 0o600 });
  mkdirSync(join(lab.folder, 'runbooks'));
  const config = loadClusterConfig(lab.configFile);
  const credentials = createCredentialStore(createCredentialProvider(config.credentials));
  const proxmox = createProxmoxClient({ cluster: config.cluster, credentials });
  const poller = createTaskPoller(proxmox, { pollEveryMs: 100 });
  const runbook = createRunbookActivities({
    ...{ config, credentials, proxmox, poller, ssh: lab.ssh },
    // Only built-ins that lease something reach for it.
    temporal: new Client({ connection: Connection.lazy() }),
  });
  return {
    ...lab,
    runbook,
    async close() {
      poller.close();
      await proxmox.close();
      await lab.close();
    },
  };
}

/** Runs an activity in an environment of its own, as its first attempt or a later one. */
export async function act<Input, Output>(
  activity: (input: Input) => Promise<Output>,
  input: Input,
  attempt = 1,
): Promise<Output> {
  return new MockActivityEnvironment({ attempt }, { logger: quiet }).run(activity, input);
}

/** A step with one action. */
export function stepOf(
  action: StepAction,
  more: Partial<RunStepArguments['step']> & Pick<RunStepArguments, 'values'> = { values: {} },
): RunStepArguments {
  const { values, ...step } = more;
  return {
    values,
    step: {
      title: 'A step',
      kind: 'change',
      executor: action.type === 'request' ? 'API' : 'local',
      action,
      expectations: [],
      captures: [],
      timeoutMs: 20_000,
      ...step,
    },
  };
}

/** A request of the cluster. */
export function request(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  parameters: Readonly<Record<string, string>> = {},
): StepAction {
  return {
    type: 'request',
    method,
    path: [path],
    headers: [],
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, value: [value] })),
    waitForTask: false,
  };
}
