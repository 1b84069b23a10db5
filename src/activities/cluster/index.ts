import { version } from '../../../package.json';
import { loadProfile, otherProfiles } from '../../config/profiles/load';
import { ansibleDependencies } from '../ansible';
import { planPlaybook } from '../ansible/plan';
import type { ActivityDependencies } from '../dependencies';
import { createNodeTurns } from '../guests/nodeTurns';
import { bootTimes } from '../guests/watchBoot';
import { createLedgerClient } from '../ledger/client';
import { activity } from '../shared/attempt';
import { checkClusterPlan } from './check';
import type { ClusterActivities } from './contract';
import type { ClusterDependencies } from './dependencies';
import { planCluster } from './plan';
import { readClusterStatus } from './status';
import { createAddressLook } from './steps/addressFree';
import { adoptMember } from './steps/adopt';
import { protectAgain, protectMachine, reviveMember, setMemberAside } from './steps/aside';
import { cloneMachine } from './steps/clone';
import { configureMachine } from './steps/configure';
import { lookForDisks } from './steps/disks';
import { growMachine } from './steps/grow';
import { lookForLeftovers } from './steps/leftovers';
import { moveMachine } from './steps/move';
import { readMember } from './steps/read';
import { watchMachine, watchMember } from './steps/ready';
import { deleteMember, lookForRemoval } from './steps/remove';
import { startMachine, startMember } from './steps/start';
import { shutDownMember, stopMember } from './steps/stop';

/** Of a node's eight requests at the same time, so many may be about machines that boot. */
const bootLooksAtOnce = 6;

/** The activities of clusters of machines. */
export function createClusterActivities(
  given: Pick<ActivityDependencies, 'config' | 'proxmox' | 'temporal' | 'credentials' | 'ansibleFolder'>,
): ClusterActivities {
  const { config, proxmox, temporal } = given;
  const ansible = ansibleDependencies(given);
  const lookAtAddresses = createAddressLook(proxmox);
  const ledger = createLedgerClient(temporal, config.cluster.name);
  const times = { ...bootTimes, inTurn: createNodeTurns(bootLooksAtOnce) };
  const dependencies: ClusterDependencies = {
    ...{ config, client: proxmox, ledger, product: version },
    now: () => new Date(),
    readProfile: (name) => loadProfile(config, name),
    otherProfiles: (name) => otherProfiles(config, name),
    planPlaybook: (input, signal) => planPlaybook(ansible, signal, input),
  };
  return {
    planCluster: activity((attempt, input) => planCluster(dependencies, attempt, input)),
    checkClusterPlan: activity((attempt, input) => checkClusterPlan(dependencies, attempt, input)),
    readClusterStatus: activity((attempt, input) => readClusterStatus(dependencies, attempt, input)),
    cloneMachine: activity((attempt, input) => cloneMachine(proxmox, ledger, attempt, input)),
    moveMachine: activity((attempt, input) => moveMachine(proxmox, attempt, input)),
    lookForLeftovers: activity((attempt, input) => lookForLeftovers(proxmox, attempt, input)),
    readMember: activity((attempt, input) => readMember(proxmox, ledger, attempt, input)),
    configureMachine: activity((attempt, input) => configureMachine(proxmox, attempt, input)),
    growMachine: activity((attempt, input) => growMachine(proxmox, attempt, input)),
    startMachine: activity((attempt, input) => startMachine(proxmox, lookAtAddresses, attempt, input)),
    watchMachine: activity((attempt, input) => watchMachine(proxmox, ledger, attempt, input, times)),
    protectMachine: activity((attempt, input) => protectMachine(proxmox, attempt, input)),
    shutDownMember: activity((attempt, input) => shutDownMember(proxmox, attempt, input)),
    stopMember: activity((attempt, input) => stopMember(proxmox, attempt, input)),
    setMemberAside: activity((attempt, input) => setMemberAside(proxmox, attempt, input)),
    reviveMember: activity((attempt, input) => reviveMember(proxmox, attempt, input)),
    startMember: activity((attempt, input) => startMember(proxmox, lookAtAddresses, attempt, input)),
    watchMember: activity((attempt, input) => watchMember(proxmox, ledger, attempt, input, times)),
    deleteMember: activity((attempt, input) => deleteMember(proxmox, ledger, attempt, input)),
    protectMember: activity((attempt, input) => protectAgain(proxmox, attempt, input)),
    lookForRemoval: activity((attempt, input) => lookForRemoval(proxmox, attempt, input)),
    lookForDisks: activity((attempt, input) => lookForDisks(proxmox, attempt, input)),
    adoptMember: activity((attempt, input) => adoptMember(proxmox, attempt, input)),
  };
}
