import type { EtcdState, FluxState, NodesState, TalosState, Told } from '../../domain/cluster/status';
import { printable } from '../../domain/rendering/text';

/** What etcd, Kubernetes and Flux tell of themselves, a line each. */
export function talosStateLines({ etcd, kubernetes, flux }: TalosState): readonly string[] {
  return [
    line('etcd', etcd, etcdWords),
    line('Kubernetes', kubernetes, nodesWords),
    ...(flux === undefined ? [] : [line('Flux', flux, fluxWords)]),
  ];
}

/** Whether nothing that was told is wrong; what nobody told is not judged. */
export function isTalosRight({ etcd, kubernetes, flux }: TalosState): boolean {
  return (
    (!etcd.known || etcd.running >= etcd.needed) &&
    (!kubernetes.known || kubernetes.ready === kubernetes.nodes) &&
    (flux?.known !== true || flux.ready === 'True')
  );
}

function line<T extends object>(part: string, told: Told<T>, words: (told: T) => string): string {
  return printable(`${part}: ${told.known ? words(told) : `not known: ${told.because}`}`);
}

function etcdWords({ members, votes, running, needed }: EtcdState): string {
  const learning = members > votes ? `, ${members - votes} without a vote yet` : '';
  const quorum = running >= needed ? 'it has its quorum' : 'it has NO QUORUM';
  return `${members} members${learning}; ${running} of ${votes} votes run, ${needed} are needed: ${quorum}`;
}

const shownNodes = 5;

function nodesWords({ nodes, ready, notReady }: NodesState): string {
  const more = notReady.length > shownNodes ? ` and ${notReady.length - shownNodes} more` : '';
  const others =
    notReady.length === 0 ? '' : `; NOT READY: ${notReady.slice(0, shownNodes).join(', ')}${more}`;
  return `${ready} of ${nodes} nodes ready${others}`;
}

function fluxWords({ ready, said, revision }: FluxState): string {
  const at = revision === undefined ? '' : ` at ${revision}`;
  switch (ready) {
    case 'True':
      return `synchronized${at}`;
    case 'absent':
      return 'NOT THERE: there is no Kustomization flux-system';
    case 'False':
    case 'Unknown':
      return `${ready === 'False' ? 'NOT READY' : 'under way'}${at}${said === undefined ? '' : `: ${said}`}`;
  }
}
