import { loadProfile } from '../../config/profiles/load';
import type { ClusterStatusQuestion, ClusterStatusReading } from '../../domain/cluster/status';
import { ManagerError, problem } from '../../domain/errors';
import { emptyLedger } from '../../planning/rules/ledger';
import { readClusterStatus } from '../cluster/status';
import type { ReadingDependencies } from './deps';
import { readingBase } from './readingBase';

/** What the machines of a cluster are, beside what its profile and its record say. */
export async function readMachines(
  deps: ReadingDependencies,
  question: ClusterStatusQuestion,
): Promise<ClusterStatusReading> {
  const { client, checkup, signal = new AbortController().signal } = deps;
  if (checkup === undefined) {
    const failed = 'the configuration is not at hand';
    throw new ManagerError(problem('Internal', { attempted: 'look at a cluster of machines', failed }));
  }
  const { config } = checkup;
  const { machines, others, warnings } = await readClusterStatus(
    {
      ...{ config, client, readProfile: (name) => loadProfile(config, name) },
      // Leases say nothing of what is there.
      ledger: { view: () => Promise.resolve(emptyLedger()) },
    },
    { signal, tell: () => undefined },
    question,
  );
  return { ...readingBase(deps, [], warnings), profile: question.profile, machines, others };
}
