import type { ClusterConfig } from '../../config/clusterConfig';
import { checkClusterConfig } from '../../config/load';
import { checkNames, type Finding } from '../../domain/checkup';
import { checkConfig } from './checks/config';
import { noConfig, notChecked, ofError } from './finding';
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
  const { config, findings: ofConfig } = readConfig(locateConfig);
  const [installation, cluster] = await Promise.all([
    checkInstallation(findServer, config),
    config === undefined ? withoutConfig() : lookAtCluster(config),
  ]);
  const findings = [...ofConfig, ...installation, ...cluster.findings];
  return {
    ...(config === undefined ? {} : { config }),
    via: cluster.via,
    findings: findings.toSorted((one, other) => orderOf(one) - orderOf(other)),
  };
}

function readConfig(locateConfig: () => string): {
  readonly config?: ClusterConfig;
  readonly findings: readonly Finding[];
} {
  try {
    const file = locateConfig();
    const check = checkClusterConfig(file);
    return {
      ...(check.config === undefined ? {} : { config: check.config }),
      findings: checkConfig(file, check),
    };
  } catch (error) {
    return { findings: [ofError('config', 'cluster-config.yaml', error)] };
  }
}

/** Names of the checks that ask the cluster. */
export const clusterChecks = checkNames.slice(checkNames.indexOf('credentials'));

function withoutConfig(): ClusterFindings {
  return { via: 'nobody', findings: clusterChecks.map((check) => notChecked(check, 'cluster', noConfig)) };
}

function orderOf({ check }: Finding): number {
  return checkNames.indexOf(check);
}
