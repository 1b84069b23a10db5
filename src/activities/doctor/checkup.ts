import { checkNames, type Checkup, type Finding } from '../../domain/checkup';
import { checkBridges } from './checks/bridges';
import { checkCertificates } from './checks/certificates';
import { checkClocks } from './checks/clocks';
import { checkCredentials } from './checks/credentials';
import { checkHa } from './checks/ha';
import { checkLocks } from './checks/locks';
import { checkNodes } from './checks/nodes';
import { checkPrivileges } from './checks/privileges';
import { checkQuorum } from './checks/quorum';
import { checkSsh } from './checks/ssh';
import { checkStorages } from './checks/storages';
import { checkToken } from './checks/token';
import { checkTokenExpiry } from './checks/tokenExpiry';
import { checkVersions } from './checks/versions';
import { checkVmidRanges } from './checks/vmidRanges';
import type { CheckupDependencies } from './deps';
import type { CheckupFacts } from './facts/facts';
import { readFacts } from './facts/readFacts';

/** Facts in, findings out. */
type Check = (facts: CheckupFacts) => Finding[];

const checks: readonly Check[] = [
  ...[checkCredentials, checkNodes, checkCertificates, checkToken, checkTokenExpiry, checkPrivileges],
  ...[checkQuorum, checkVersions, checkClocks, checkSsh, checkStorages, checkBridges, checkVmidRanges],
  ...[checkHa, checkLocks],
];

/** Looks at a cluster and at the way to it; changes nothing. Throws only when interrupted. */
export async function checkUp(deps: CheckupDependencies): Promise<Checkup> {
  const facts = await readFacts(deps);
  const findings = checks.flatMap((check) => check(facts));
  return {
    cluster: deps.config.cluster.name,
    takenAt: new Date(facts.nowMs).toISOString(),
    findings: findings.toSorted((one, other) => orderOf(one) - orderOf(other)),
  };
}

function orderOf({ check }: Finding): number {
  return checkNames.indexOf(check);
}
