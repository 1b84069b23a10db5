import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { playbookWorkflowId, taskQueueOf } from '../../../src/domain/names';
import type { PlaybookPlan } from '../../../src/domain/ansible/plan';
import type { PlaybookReport } from '../../../src/domain/ansible/report';
import type { PlaybookRequest } from '../../../src/domain/ansible/request';
import type { ConnectedClient } from '../../../src/temporal/connection';
import { makeTree, type PlaybookTreeLab } from '../../ansible/support/tree';
import { builtPackage } from '../../client/support/builtPackage';
import { temporalServer, testClient, uniqueName } from '../../support/temporal';
import { startWorkerProcess, type WorkerProcess } from '../../support/temporalWorkerProcess';
import { runningOf, type Running } from './runbookStage';

/** The secret of the API token that the worker has. */
export const stageTokenSecret = '5f2c1d1e-8a39-4f63-9a30-3f4bd2f0c001';

/** A run of a playbook under way. */
export type RunningPlaybook = Running<PlaybookPlan, PlaybookReport>;

/** A tree of playbooks, a Temporal server, and a worker in a process of its own. */
export interface PlaybookStage extends PlaybookTreeLab {
  readonly cluster: string;
  readonly temporal: ConnectedClient;
  readonly stateFolder: string;
  startWorker(): Promise<void>;
  /** SIGKILL. */
  killWorker(): Promise<void>;
  start(request: PlaybookRequest): Promise<RunningPlaybook>;
  close(): Promise<void>;
}

/** The secrets of the stage: of the vault, and of the variable that `secrets.database` fills. */
export interface StageSecrets {
  readonly vault: string;
  readonly database: string;
}

/** Sets the stage with one worker; `vars/hidden.yaml` of the tree is encrypted. Without secrets there is no vault. Close it. */
export async function setPlaybookStage(secrets?: StageSecrets): Promise<PlaybookStage> {
  const { cli } = await builtPackage();
  const tree = makeTree();
  const cluster = uniqueName('lab');
  const stateFolder = join(tree.folder, 'state');
  mkdirSync(stateFolder, { mode: 0o700 });
  const secret = (name: string, text: string) =>
    writeFileSync(join(tree.folder, name), `${text}\n`, { mode: 0o600 });
  secret('token', `claude-code@pve!automation\n${stageTokenSecret}`);
  const configFile = join(tree.folder, 'cluster-config.yaml');
  writeFileSync(configFile, configText(cluster, secrets !== undefined));
  if (secrets !== undefined) {
    secret('vault', secrets.vault);
    secret('database', secrets.database);
    tree.write('vars/hidden.yaml', 'hidden: opened\n');
    const encrypt = ['encrypt', '--vault-password-file', join(tree.folder, 'vault')];
    execFileSync('ansible-vault', [...encrypt, join(tree.root, 'vars/hidden.yaml')], { stdio: 'ignore' });
  }
  const temporal = await testClient();
  const { address } = await temporalServer();
  let worker: WorkerProcess | undefined;
  const stage: PlaybookStage = {
    ...{ ...tree, cluster, temporal, stateFolder },
    async startWorker() {
      worker = startWorkerProcess(
        join(dirname(cli), '../worker.js'),
        ['--config', configFile],
        { TEMPORAL_ADDRESS: address, PXM_STATE_FOLDER: stateFolder },
        tree.folder,
      );
      await worker.line((line) => line.event === 'ready');
    },
    async killWorker() {
      worker?.kill('SIGKILL');
      await worker?.ended;
    },
    async start(request) {
      const handle = await temporal.client.workflow.start('runPlaybook', {
        workflowId: playbookWorkflowId(cluster, request.playbook),
        taskQueue: taskQueueOf(cluster),
        args: [request],
      });
      return runningOf<PlaybookPlan, PlaybookReport>(handle);
    },
    async close() {
      await stage.killWorker();
      await temporal.close();
      tree.remove();
    },
  };
  await stage.startWorker();
  return stage;
}

function configText(cluster: string, hasSecrets: boolean): string {
  return [
    'cluster:',
    `  name: ${cluster}`,
    '  nodes:',
    '    - { name: pve01, host: 127.0.0.1, port: 1 }',
    'credentials:',
    '  file: token',
    ...(hasSecrets ? ['secrets:', '  database: { file: database }'] : []),
    'ansible:',
    '  fleet_infra_path: tree',
    '  inventory: inventory/hosts.yaml',
    ...(hasSecrets ? ['  vault_password: { file: vault }'] : []),
    '',
  ].join('\n');
}
