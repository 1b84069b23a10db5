import type { ClusterConfig } from '../../config/clusterConfig';
import { talosFolder } from '../../config/paths';
import { loadProfile } from '../../config/profiles/load';
import type {
  ClusterStatusQuestion,
  ClusterStatusReading,
  MachineDrift,
  TalosState,
} from '../../domain/cluster/status';
import { ManagerError, problem } from '../../domain/errors';
import { emptyLedger } from '../../planning/rules/ledger';
import { profileIfReadable } from '../cluster/profile';
import { readClusterStatus } from '../cluster/status';
import { readTalosState } from '../talos/state';
import type { ReadingDependencies } from './deps';
import { readingBase } from './readingBase';

/** A person waits: etcd, Kubernetes and Flux are given up after this, each. */
const talosPatienceMs = 5_000;

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
  const talos = await talosStateOf(deps, signal, config, question, machines);
  const { profile } = question;
  return {
    ...{ ...readingBase(deps, [], warnings), profile, machines, others },
    ...(talos === undefined ? {} : { talos }),
  };
}

/** Of a cluster whose profile can't be read nobody knows which of its machines are control planes. */
async function talosStateOf(
  { talosFolder: folder = talosFolder() }: ReadingDependencies,
  signal: AbortSignal,
  config: ClusterConfig,
  { profile: name, record }: ClusterStatusQuestion,
  machines: readonly MachineDrift[],
): Promise<TalosState | undefined> {
  const readProfile = (it: string) => loadProfile(config, it);
  const { profile } = profileIfReadable({ readProfile }, name);
  const isTalos = profile?.type === 'talos' || record?.talos !== undefined;
  if (!isTalos || (record?.members ?? []).length === 0) return undefined;
  const roles = (profile?.roles ?? []).filter(({ kind }) => kind === 'controlPlane').map((it) => it.name);
  const talos = record?.talos;
  return readTalosState(
    { folder, signal },
    {
      ...(talos === undefined ? {} : { talos }),
      controlPlanes: machines.flatMap(({ member, role, running }) =>
        member === undefined || running !== true || !roles.includes(role) ? [] : [member],
      ),
      flux: profile?.flux !== undefined || talos?.filledFrom !== undefined,
      withinMs: talosPatienceMs,
    },
  );
}
