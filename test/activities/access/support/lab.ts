import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Info } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

import { startSimulator, type ScenarioInput, type Simulator } from '../../../../simulator/index';
import { createAccessActivities } from '../../../../src/activities/access';
import type { AccessActivities, AccessStepResult } from '../../../../src/activities/access/contract';
import { loadClusterConfig } from '../../../../src/config/load';
import { createCredentialProvider } from '../../../../src/credentials/provider';
import { createCredentialStore } from '../../../../src/credentials/store';
import type { AccessRequest } from '../../../../src/domain/access';
import type { AccessOperation, AccessPlan, PlannedAccessStep } from '../../../../src/domain/accessPlan';
import { accessWorkflowId } from '../../../../src/domain/names';
import { createSsh, type Ssh } from '../../../../src/ssh/ssh';

/** Failures are what many tests are about. */
const quiet = new DefaultLogger('ERROR');

/** A cluster that nobody has set up, with more of a scenario on top. */
export function untouched(version: '8.4' | '9', more: Partial<ScenarioInput> = {}): ScenarioInput {
  return {
    cluster: 'lab',
    version,
    nodes: ['pve01', 'pve02', 'pve03'].map((name) => ({ name, cpus: 8, memory: '32G' })),
    storages: [{ id: 'local', type: 'dir', content: ['iso', 'import'], path: '/var/lib/vz', size: '100G' }],
    access: { users: [] },
    ...more,
  };
}

/** The activities on access, before a simulated cluster with SSH. */
export interface AccessLab {
  readonly simulator: Simulator;
  readonly folder: string;
  readonly tokenFile: string;
  readonly configFile: string;
  readonly ssh: Ssh;
  /** The activities of a worker that has just started. */
  activities(): AccessActivities;
  run<Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output>;
  plan(operation: AccessOperation, request?: AccessRequest): Promise<AccessPlan>;
  /** Runs the steps of a plan, in order. */
  perform(plan: AccessPlan): Promise<readonly AccessStepResult[]>;
  step(plan: AccessPlan, step: PlannedAccessStep): Promise<AccessStepResult>;
  /** Plans and performs. */
  bring(operation: AccessOperation, request?: AccessRequest): Promise<AccessPlan>;
  close(): Promise<void>;
}

/** What the configuration says beside the cluster. */
export interface LabOptions {
  /** Our name for the cluster. Default `lab`. */
  readonly cluster?: string;
  readonly credentials?: string;
  readonly access?: string;
  /** A line of the section `cluster`; the CA is in ca.pem. */
  readonly trust?: string;
  /** Further sections, as YAML. */
  readonly more?: string;
}

/** Starts a lab. Close it. */
export async function startLab(scenario: ScenarioInput, options: LabOptions = {}): Promise<AccessLab> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pxm-access-'));
  const simulator = await startSimulator({ scenario, speed: 50 });
  mkdirSync(path.join(folder, '.ssh'), { mode: 0o700 });
  writeFileSync(path.join(folder, '.ssh/id_ed25519'), simulator.rootSshKey.privateKey, { mode: 0o600 });
  writeFileSync(path.join(folder, 'known_hosts'), knownHosts(simulator));
  writeFileSync(path.join(folder, 'ca.pem'), simulator.certificateAuthorityPem);
  const configFile = path.join(folder, 'cluster-config.yaml');
  writeFileSync(configFile, configText(simulator, options));
  const ssh = createSsh({
    home: folder,
    ownKnownHostsFile: path.join(folder, 'known_hosts'),
    environment: {},
  });

  const lab: AccessLab = {
    ssh,
    simulator,
    folder,
    configFile,
    tokenFile: path.join(folder, 'token'),
    activities() {
      const config = loadClusterConfig(configFile);
      const credentials = createCredentialStore(createCredentialProvider(config.credentials));
      return createAccessActivities({ config, ssh, credentials });
    },
    async run(activity, input) {
      const workflowExecution = { workflowId: accessWorkflowId(options.cluster ?? 'lab'), runId: 'lab' };
      return attemptOf({ workflowExecution }).run(activity, input);
    },
    async plan(operation, request = {}) {
      return (await lab.run(lab.activities().planAccess, { operation, request })).plan;
    },
    async step(plan, { action }) {
      const activities = lab.activities();
      switch (action.kind) {
        case 'issueToken':
          return lab.run(activities.issueToken, { plan, action });
        case 'awaitTasks':
          await lab.run(activities.awaitTokenTasks, { node: plan.node, tokenId: action.tokenId });
          return { outcome: 'kept', warnings: [] };
        case 'forgetToken':
          return lab.run(activities.forgetToken, { tokenId: action.tokenId });
        default:
          return lab.run(activities.applyAccess, { plan, action });
      }
    },
    async perform(plan) {
      const results: AccessStepResult[] = [];
      for (const step of plan.steps) results.push(await lab.step(plan, step));
      return results;
    },
    async bring(operation, request) {
      const plan = await lab.plan(operation, request);
      await lab.perform(plan);
      return plan;
    },
    async close() {
      ssh.close();
      await simulator.close();
      rmSync(folder, { recursive: true });
    },
  };
  return lab;
}

/** One attempt of an activity, without a server: what it tells is taken. */
export function attemptOf(info: Partial<Info>): MockActivityEnvironment {
  const client = new Client({ connection: Connection.lazy() });
  client.activity.heartbeat = () => Promise.resolve();
  return new MockActivityEnvironment(info, { client, logger: quiet });
}

function knownHosts(simulator: Simulator): string {
  return simulator.nodes.map(({ ssh }) => `[${ssh.host}]:${ssh.port} ${ssh.hostKey}\n`).join('');
}

function configText(simulator: Simulator, { cluster, credentials, access, trust, more }: LabOptions): string {
  const nodes = simulator.nodes.map(
    ({ name, host, port, ssh }) =>
      `    - { name: ${name}, host: ${host}, port: ${port}, ssh_port: ${ssh.port} }`,
  );
  return [
    'cluster:',
    `  name: ${cluster ?? 'lab'}`,
    ...(trust === undefined ? [] : [`  ${trust}`]),
    '  nodes:',
    ...nodes,
    'credentials:',
    `  ${credentials ?? 'file: token'}`,
    ...(access === undefined ? [] : ['access:', `  ${access}`]),
    ...(more === undefined ? [] : [more]),
    '',
  ].join('\n');
}
