import type { ClusterPlan } from '../../domain/cluster/plan';
import { storageOf } from '../volumes';
import { compareText, listInWords } from '../words';
import type { ClusterLook } from './facts';
import { refusal } from './refusal';

/** What is known of a snippet on a node that machines come to. */
export interface SnippetFact {
  /** `local:snippets/k3s.yaml` */
  readonly volid: string;
  readonly node: string;
  /** `unseen`: nothing tells whether it is there. */
  readonly state: 'there' | 'missing' | 'unseen';
  /** Why nothing tells it, or why it can't be there; absent: the storage's list has told. */
  readonly because?: string;
}

/** The snippets of a storage as one node lists them. */
export interface SnippetList {
  readonly storage: string;
  /** The node that is asked. */
  readonly node: string;
  /** The nodes that its answer counts for: on a shared storage all that machines come to. */
  readonly nodes: readonly string[];
  /** What is looked for. */
  readonly volids: readonly string[];
}

/** What tells of the snippets of a plan. */
export interface SnippetLooks {
  /** To be read: one a node and storage, one of a shared storage. */
  readonly lists: readonly SnippetList[];
  /** What is known without a list. */
  readonly known: readonly SnippetFact[];
}

/**
 * How to see whether the snippets that a plan's profile names are where its machines start. Proxmox looks for them only
 * at the start, on that node, and lists them only to whom the whole storage is given (behaviour: 5.5, 7.3, 7.7).
 */
export function snippetLooks(
  { phases, cloudinit }: Pick<ClusterPlan, 'phases' | 'cloudinit'>,
  look: Pick<ClusterLook, 'nodes' | 'privileges'>,
): SnippetLooks {
  const all = new Set([cloudinit?.userData, cloudinit?.vendorData].flatMap((volid) => volid ?? []));
  const machines = phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const nodes = [...new Set(machines.map(({ node }) => node))].sort(compareText);
  const lists = new Map<string, SnippetList>();
  const known: SnippetFact[] = [];
  for (const storage of new Set([...all].map(storageOf))) {
    const volids = [...all].filter((volid) => storageOf(volid) === storage);
    for (const node of nodes) {
      const seen = storageSeen(storage, node, look);
      if (seen.state === 'listed') {
        const key = seen.shared ? storage : `${storage}@${node}`;
        const former = lists.get(key) ?? { storage, node, nodes: [], volids };
        lists.set(key, { ...former, nodes: [...former.nodes, node] });
      } else known.push(...volids.map((volid) => ({ volid, node, ...seen })));
    }
  }
  return { lists: [...lists.values()], known };
}

/** A storage on a node: its list tells of snippets, or there is a reason why not. */
type StorageSeen =
  | { readonly state: 'listed'; readonly shared: boolean }
  | { readonly state: 'missing' | 'unseen'; readonly because: string };

function storageSeen(
  storage: string,
  node: string,
  { nodes, privileges }: Pick<ClusterLook, 'nodes' | 'privileges'>,
): StorageSeen {
  const view = nodes.find(({ name }) => name === node);
  if (view?.online !== true) return { state: 'unseen', because: 'the node does not answer' };
  const row = view.storages.find((it) => it.storage === storage);
  if (row === undefined) return { state: 'missing', because: `there is no storage ${storage}` };
  if (!row.usable) return { state: 'unseen', because: `the storage ${storage} can't be used there now` };
  // A file may lie in its folder all the same, and is then found at the start.
  if (!row.content.includes('snippets')) {
    return { state: 'unseen', because: `the storage ${storage} does not take the content snippets` };
  }
  const path = `/storage/${storage}`;
  if (!privileges.holds('Datastore.Allocate', path)) {
    return { state: 'unseen', because: `the token is shown no snippets (Datastore.Allocate on ${path})` };
  }
  return { state: 'listed', shared: row.shared };
}

/** What a list tells. `answer`: the volume ids on it, or why it could not be read. */
export function factsOfList(
  { nodes, volids }: SnippetList,
  answer: { readonly volids: readonly string[] } | { readonly because: string },
): readonly SnippetFact[] {
  return volids.flatMap((volid) =>
    nodes.map((node): SnippetFact => {
      if ('because' in answer) return { volid, node, state: 'unseen', because: answer.because };
      return { volid, node, state: answer.volids.includes(volid) ? 'there' : 'missing' };
    }),
  );
}

/** Throws InputInvalid where a snippet is seen to be missing: each machine would be made, and stop at its start. */
export function requireSnippets(
  { action, profile }: Pick<ClusterPlan, 'action' | 'profile'>,
  facts: readonly SnippetFact[],
): void {
  const [first, ...others] = grouped(facts, 'missing');
  if (first === undefined) return;
  throw refusal(
    `${action} the cluster ${profile}`,
    `${[first, ...others].map(missingText).join('; ')}: no machine starts there`,
    remedyOf(first),
  );
}

function remedyOf({ volid, because }: SnippetGroup): string {
  return because === undefined
    ? `Write it there first (as root on a node: pvesm path ${volid} says which file it is), or take it out of the profile; then make a new plan.`
    : `Correct ${volid} in the profile, under cloudinit; then make a new plan.`;
}

/** What speaks against an approved plan: snippets that are seen to be missing by now. */
export function snippetReasons(facts: readonly SnippetFact[]): readonly string[] {
  return grouped(facts, 'missing').map((it) => `${missingText(it)}: no machine starts there.`);
}

/** Snippets that may be missing, as nothing tells. */
export function snippetWarnings(facts: readonly SnippetFact[]): readonly string[] {
  return grouped(facts, 'unseen').map(
    ({ volid, nodes, because = 'nothing tells' }) =>
      `Nobody has seen whether ${volid} is on ${listInWords(nodes)}: ${because}. Where it is not, no machine starts.`,
  );
}

/** A snippet and the nodes of which the same is known. */
interface SnippetGroup {
  readonly volid: string;
  readonly nodes: readonly string[];
  readonly because?: string;
}

function grouped(facts: readonly SnippetFact[], state: SnippetFact['state']): readonly SnippetGroup[] {
  const groups = new Map<string, SnippetGroup>();
  for (const { volid, node, because } of facts.filter((it) => it.state === state)) {
    const key = JSON.stringify([volid, because]);
    const former = groups.get(key);
    const nodes = [...(former?.nodes ?? []), node];
    groups.set(key, { volid, nodes, ...(because === undefined ? {} : { because }) });
  }
  return [...groups.values()];
}

function missingText({ volid, nodes, because }: SnippetGroup): string {
  return `${volid} is not on ${listInWords(nodes)}${because === undefined ? '' : ` (${because})`}`;
}
