import { talosFolder } from '../../config/paths';
import { createSecretReader } from '../../credentials/secrets';
import { powerOfMember } from '../cluster/steps/power';
import type { ActivityDependencies } from '../dependencies';
import { toldAddresses } from '../guests/talosApi';
import { activity } from '../shared/attempt';
import {
  awaitHealth,
  checkTools,
  fetchClusterKubeconfig,
  makeClusterSecrets,
  readMembers,
  saveEtcd,
} from './clusters';
import type { TalosActivities } from './contract';
import type { TalosDependencies } from './dependencies';
import {
  awaitNode,
  awaitSynchronized,
  deleteMachineNode,
  drainMachine,
  putFluxIn,
  uncordonMachine,
} from './kubernetes';
import { lookForFormerMembers, removeFormerMember } from './formerMembers';
import { lookForMachineReset } from './leaving';
import {
  applyMachineConfig,
  awaitMachine,
  bootstrapMachine,
  lookForMachineBootstrap,
  resetOwnMachine,
} from './machines';

const lookEveryMs = 2_000;

/** The activities of Talos, Flux and Kubernetes. */
export function createTalosActivities({
  config,
  proxmox,
  talosFolder: folder = talosFolder(),
}: Pick<ActivityDependencies, 'config' | 'proxmox' | 'talosFolder'>): TalosActivities {
  const dependencies: TalosDependencies = {
    cluster: config.cluster.name,
    folder,
    secrets: createSecretReader(config.secrets),
    powerOf: (attempt, who) => powerOfMember(proxmox, attempt, who),
    addressesOf: ({ signal }, guest) => toldAddresses(proxmox, guest, { signal }),
    everyMs: lookEveryMs,
  };
  return {
    checkTalosTools: activity((attempt, input) => checkTools(dependencies, attempt, input)),
    makeTalosSecrets: activity((attempt, input) => makeClusterSecrets(dependencies, attempt, input)),
    applyTalosConfig: activity((attempt, input) => applyMachineConfig(dependencies, attempt, input)),
    awaitTalosMachine: activity((attempt, input) => awaitMachine(dependencies, attempt, input)),
    bootstrapTalos: activity((attempt, input) => bootstrapMachine(dependencies, attempt, input)),
    lookForTalosBootstrap: activity((attempt, input) =>
      lookForMachineBootstrap(dependencies, attempt, input),
    ),
    awaitTalosHealth: activity((attempt, input) => awaitHealth(dependencies, attempt, input)),
    fetchKubeconfig: activity((attempt, input) => fetchClusterKubeconfig(dependencies, attempt, input)),
    snapshotEtcd: activity((attempt, input) => saveEtcd(dependencies, attempt, input)),
    readEtcd: activity((attempt, input) => readMembers(dependencies, attempt, input)),
    lookForFormerMembers: activity((attempt, input) => lookForFormerMembers(dependencies, attempt, input)),
    removeEtcdMember: activity((attempt, input) => removeFormerMember(dependencies, attempt, input)),
    resetTalosMachine: activity((attempt, input) => resetOwnMachine(dependencies, attempt, input)),
    lookForTalosReset: activity((attempt, input) => lookForMachineReset(dependencies, attempt, input)),
    awaitKubernetesNode: activity((attempt, input) => awaitNode(dependencies, attempt, input)),
    drainKubernetesNode: activity((attempt, input) => drainMachine(dependencies, attempt, input)),
    uncordonKubernetesNode: activity((attempt, input) => uncordonMachine(dependencies, attempt, input)),
    deleteKubernetesNode: activity((attempt, input) => deleteMachineNode(dependencies, attempt, input)),
    bootstrapFlux: activity((attempt, input) => putFluxIn(dependencies, attempt, input)),
    awaitFlux: activity((attempt, input) => awaitSynchronized(dependencies, attempt, input)),
  };
}
