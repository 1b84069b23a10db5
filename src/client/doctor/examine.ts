import type { ClusterConfig } from '../../config/clusterConfig';
import { checkClusterConfig } from '../../config/load';
import type { Mask } from '../../activities/doctor/facts/fact';
import { checkNames, type Finding } from '../../domain/checkup';
import { checkConfig, checkNamedFiles } from './checks/config';
import { noConfig, notChecked, ofError, unusableFile } from './finding';
import { checkInstallation, type FindServer } from './installation';

/** Who looked at the cluster; `nobody`: neither this process nor a worker can. */
export type Looker = 'direct' | 'worker' | 'nobody';

/** What was found in the cluster, and who looked. */
export interface ClusterFindings {
  readonly via: Looker;
  readonly findings: readonly Finding[];
}

/** Everything that was found. */
export interface Examination extends ClusterFindings {
  /** Absent where it can't be read. */
  readonly config?: ClusterConfig;
}

/** What an examination is made with. */
export interface Examining {
  /** Throws ConfigInvalid if there is none. */
  readonly locateConfig: () => string;
  readonly findServer: FindServer;
  readonly lookAtCluster: (config: ClusterConfig) => Promise<ClusterFindings>;
}

/** Checks the configuration, then the installation and the cluster at the same time. Changes nothing. */
export async function examine({ locateConfig, findServer, lookAtCluster }: Examining): Promise<Examination> {
  const { config, findings: ofConfig, mask } = readConfig(locateConfig);
  const [installation, cluster] = await Promise.all([
    checkInstallation(findServer, config),
    config === undefined || mask !== undefined ? unseen(mask ?? noConfig) : lookAtCluster(config),
  ]);
  const findings = [...ofConfig, ...installation, ...cluster.findings];
  return {
    ...(config === undefined ? {} : { config }),
    via: cluster.via,
    findings: findings.toSorted((one, other) => orderOf(one) - orderOf(other)),
  };
}

interface ConfigLook {
  /** Absent where it can't be read. */
  readonly config?: ClusterConfig;
  readonly findings: readonly Finding[];
  /** What keeps the cluster from being asked. */
  readonly mask?: Mask;
}

function readConfig(locateConfig: () => string): ConfigLook {
  try {
    const file = locateConfig();
    const check = checkClusterConfig(file);
    const { config } = check;
    if (config === undefined) return { findings: checkConfig(file, check), mask: noConfig };
    const ofFiles = checkNamedFiles(file, config);
    if (ofFiles.length > 0) return { config, findings: ofFiles, mask: unusableFile };
    return { config, findings: checkConfig(file, check) };
  } catch (error) {
    return { findings: [ofError('config', 'cluster-config.yaml', error)], mask: noConfig };
  }
}

/** Names of the checks that ask the cluster. */
export const clusterChecks = checkNames.slice(checkNames.indexOf('credentials'));

function unseen(mask: Mask): ClusterFindings {
  return { via: 'nobody', findings: clusterChecks.map((check) => notChecked(check, 'cluster', mask)) };
}

function orderOf({ check }: Finding): number {
  return checkNames.indexOf(check);
}
