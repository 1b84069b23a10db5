import { existsSync } from 'node:fs';
import type { ClusterMember, TalosRecord } from '../../domain/cluster/member';
import type { EtcdState, FluxState, NodesState, TalosState, Told } from '../../domain/cluster/status';
import { ManagerError, problemText } from '../../domain/errors';
import { Secret } from '../../domain/secret';
import { lookAtKustomization } from '../../kubernetes/flux';
import { listNodes } from '../../kubernetes/nodes';
import { votesWithout } from '../../planning/rules/etcdMembers';
import { talosPaths } from '../../talos/folder';
import { readEtcd } from '../../talos/members';
import { secretsIn, shownWords } from '../../talos/words';
import { kubernetesOf, talosContext } from './context';
import type { TalosDependencies } from './dependencies';

/** What is asked, and of whom. */
export interface TalosStateQuestion {
  /** Absent: nobody knows the secrets of the cluster. */
  readonly talos?: TalosRecord;
  /** Members that are control planes and run. */
  readonly controlPlanes: readonly ClusterMember[];
  /** Flux is meant to fill it. */
  readonly flux: boolean;
  /** Each part is given up after this. */
  readonly withinMs: number;
}

/** With what it is asked. */
interface Asking extends Pick<TalosDependencies, 'folder'> {
  readonly signal: AbortSignal;
}

/**
 * What etcd, Kubernetes and Flux tell of themselves, all at the same time, in a few seconds, or why they don't. Only looks:
 * a kubeconfig that is not there is not fetched. Nothing of it is secret.
 */
export async function readTalosState(asking: Asking, question: TalosStateQuestion): Promise<TalosState> {
  const { talos, flux } = question;
  const because = whyNot(talos);
  const part = <T extends object>(ask: (asked: Asking, files: TalosRecord) => Promise<Told<T>>) =>
    talos === undefined || because !== undefined
      ? Promise.resolve(unknown(because ?? ''))
      : within(asking, question.withinMs, (asked) => ask(asked, talos));
  const [etcd, kubernetes, synchronized] = await Promise.all([
    part<EtcdState>((asked, files) => askEtcd(asked, files, question.controlPlanes)),
    part<NodesState>(askNodes),
    flux ? part<FluxState>(askFlux) : undefined,
  ]);
  return { etcd, kubernetes, ...(synchronized === undefined ? {} : { flux: synchronized }) };
}

/** Why there is nothing to ask. */
function whyNot(talos: TalosRecord | undefined): string | undefined {
  if (talos === undefined) return 'its secrets were not made here';
  if (!talos.bootstrapped) return 'etcd is not known to be bootstrapped';
  return existsSync(talos.folder) ? undefined : `its files are not on this machine (${talos.folder})`;
}

function unknown(because: string): { readonly known: false; readonly because: string } {
  return { known: false, because: because.slice(0, 300) };
}

async function within<T extends object>(
  { folder, signal }: Asking,
  withinMs: number,
  ask: (asking: Asking) => Promise<Told<T>>,
): Promise<Told<T>> {
  const late = AbortSignal.timeout(withinMs);
  try {
    return await ask({ folder, signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    if (signal.aborted) throw error;
    if (late.aborted) return unknown(`no answer within ${withinMs / 1000} s`);
    return unknown(
      error instanceof ManagerError ? problemText(error.problem) : 'its answer has another form',
    );
  }
}

async function askEtcd(
  asking: Asking,
  files: TalosRecord,
  controlPlanes: readonly ClusterMember[],
): Promise<Told<EtcdState>> {
  const others = controlPlanes.flatMap(({ name, address, uuid }) =>
    address === undefined || uuid === undefined ? [] : [{ name, address, uuid }],
  );
  if (others.length === 0) return unknown('no control plane runs whose address is known');
  const etcd = await readEtcd(await talosContext(asking, asking, files), { others });
  const { votes, alive, needed } = votesWithout(etcd, []);
  return { known: true, members: etcd.members.length, votes, running: alive, needed };
}

async function askNodes(asking: Asking, files: TalosRecord): Promise<Told<NodesState>> {
  const kubernetes = await openIfFetched(asking, files);
  if (kubernetes === undefined) return notFetched;
  const nodes = await listNodes(kubernetes);
  const notReady = nodes.filter(({ ready }) => !ready).map(({ name }) => name);
  return { known: true, nodes: nodes.length, ready: nodes.length - notReady.length, notReady };
}

async function askFlux(asking: Asking, files: TalosRecord): Promise<Told<FluxState>> {
  const kubernetes = await openIfFetched(asking, files);
  if (kubernetes === undefined) return notFetched;
  const { exists, ready, reason, message, revision } = await lookAtKustomization(kubernetes);
  if (!exists) return { known: true, ready: 'absent' };
  // What can't be applied is quoted by some of its parts.
  const words =
    message === undefined ? reason : shownWords(new Secret(message), await secretsIn(files.folder));
  return {
    known: true,
    ready,
    ...(words === undefined ? {} : { said: words }),
    ...(revision === undefined ? {} : { revision }),
  };
}

const notFetched = unknown('its kubeconfig was not fetched yet');

async function openIfFetched(asking: Asking, files: TalosRecord) {
  if (!existsSync(talosPaths(files.folder).kubeconfig)) return undefined;
  return kubernetesOf(asking, asking, files);
}
