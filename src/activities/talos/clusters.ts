import { basename, dirname, join } from 'node:path';
import type { ReadyReport } from '../../domain/cluster/step';
import type { EtcdSeen, FileReference, TalosFiles } from '../../domain/talos/machine';
import { ManagerError } from '../../domain/errors';
import { checkHealth, type ClusterHealth } from '../../talos/cluster';
import { snapshotEtcd } from '../../talos/etcd';
import { fluxVersion } from '../../talos/flux';
import { openTalosFolder } from '../../talos/folder';
import { atFirstThatAnswers, readEtcd } from '../../talos/members';
import { requireOurs } from '../../talos/probe';
import { makeSecrets, makeTalosconfig } from '../../talos/secrets';
import type { TalosContext } from '../../talos/tool';
import { requireTalosctl } from '../../talos/version';
import type { ActivityAttempt } from '../shared/attempt';
import { kubeconfigFrom, talosContext, talosFolderOf } from './context';
import type {
  AwaitHealthArguments,
  ClusterQuestion,
  EtcdQuestion,
  SecretsArguments,
  SnapshotArguments,
  TalosTools,
} from './contract';
import type { TalosDependencies } from './dependencies';
import { untilReady } from './waiting';

/** Talos' own check waits so long at most: its calls stay short, so that a cancellation is seen. */
const healthCallSeconds = 20;

/** See TalosActivities.checkTalosTools. */
export async function checkTools(
  { folder: root }: TalosDependencies,
  { signal }: ActivityAttempt,
  { talosVersion, flux }: { readonly talosVersion: string; readonly flux: boolean },
): Promise<TalosTools> {
  // No cluster's name begins with a dot.
  const folder = join(root, '.tools');
  await openTalosFolder(folder);
  const context = { folder, signal };
  const talosctl = await requireTalosctl(context, talosVersion);
  return { talosctl, ...(flux ? { flux: await fluxVersion(context) } : {}) };
}

/** See TalosActivities.makeTalosSecrets. */
export async function makeClusterSecrets(
  dependencies: TalosDependencies,
  { signal }: ActivityAttempt,
  input: SecretsArguments,
): Promise<TalosFiles> {
  const { talosVersion, secretsSha256, cluster } = input;
  const folder = talosFolderOf(dependencies, input);
  const expected = secretsSha256 === undefined ? {} : { expectedSha256: secretsSha256 };
  const files = await makeSecrets({ folder, signal }, { talosVersion, ...expected });
  if (cluster !== undefined) await makeTalosconfig({ folder, signal }, { ...cluster, version: talosVersion });
  return files;
}

/** See TalosActivities.awaitTalosHealth. */
export async function awaitHealth(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  question: AwaitHealthArguments,
): Promise<ReadyReport> {
  const context = await talosContext(dependencies, attempt, question.files);
  const { withinMs } = question;
  return untilReady(attempt, { withinMs, everyMs: dependencies.everyMs }, async () => {
    const { healthy, said } = await healthOf(context, question);
    return { ready: healthy, seen: healthy ? ['Talos finds the cluster healthy'] : said };
  });
}

async function healthOf(
  context: TalosContext,
  { controlPlanes, workers, withinMs, ...asked }: AwaitHealthArguments,
): Promise<ClusterHealth> {
  const withinSeconds = Math.max(1, Math.min(healthCallSeconds, Math.ceil(withinMs / 1000)));
  try {
    return await atFirstThatAnswers(inTurn(asked), async (on) => {
      await requireOurs(context, on);
      return checkHealth(context, { on, controlPlanes, workers, withinSeconds });
    });
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code !== 'NodeUnreachable') throw error;
    return { healthy: false, said: [error.problem.failed] };
  }
}

function inTurn({ on, orOn = [] }: Pick<ClusterQuestion, 'on' | 'orOn'>) {
  return [on, ...orOn];
}

/** See TalosActivities.fetchKubeconfig. */
export async function fetchClusterKubeconfig(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  question: ClusterQuestion,
): Promise<FileReference> {
  const context = await talosContext(dependencies, attempt, question.files);
  return kubeconfigFrom(context, inTurn(question));
}

/** See TalosActivities.snapshotEtcd. */
export async function saveEtcd(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  question: SnapshotArguments,
): Promise<FileReference> {
  const context = await talosContext(dependencies, attempt, question.files);
  await renewLogin(context, question);
  return atFirstThatAnswers(inTurn(question), (on) => snapshotEtcd(context, on, question.name));
}

/** A cluster that goes as a whole needs no profile, so nobody says what its login is for: of that only names depend. */
function renewLogin(context: TalosContext, { on }: ClusterQuestion): Promise<void> {
  const name = basename(dirname(context.folder));
  return makeTalosconfig(context, { name, endpoint: on.address });
}

/** See TalosActivities.readEtcd. */
export async function readMembers(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, others, machine }: EtcdQuestion,
): Promise<EtcdSeen> {
  const context = await talosContext(dependencies, attempt, files);
  return readEtcd(context, { others, ...(machine === undefined ? {} : { machine }) });
}
