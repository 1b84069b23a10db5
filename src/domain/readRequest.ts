import type { Checkup } from './checkup';
import type { ClusterStatusQuestion, ClusterStatusReading } from './cluster/status';
import type {
  ClusterHealth,
  FreeVmid,
  GuestList,
  NodeList,
  StorageList,
  TaskList,
  TaskOutcome,
} from './clusterReading';
import type { TemplateList, TemplateQuestion } from './templateReading';

/** What can be read of a cluster, by view. */
export interface Readings {
  readonly health: ClusterHealth;
  readonly guests: GuestList;
  readonly nodes: NodeList;
  readonly storages: StorageList;
  readonly tasks: TaskList;
  readonly freeVmid: FreeVmid;
  readonly checkup: Checkup;
  readonly templates: TemplateList;
  readonly machines: ClusterStatusReading;
}

/** Name of a view. */
export type View = keyof Readings;

/** Which rows: each list names what is wanted, any of it; an empty one wants everything. */
export interface RowFilter {
  /** Names of nodes. One that the cluster does not have is refused with the nearest name. */
  readonly nodes: readonly string[];
  /** Patterns with `*`, `?`, `[...]`, `{a,b}`; case does not matter. */
  readonly names: readonly string[];
  readonly statuses: readonly string[];
}

/** Which guests. */
export interface GuestFilter extends RowFilter {
  readonly tags: readonly string[];
  /** One guest only: its VMID, or its name if no other has the same. */
  readonly guest?: string;
}

/** Which tasks. */
export interface TaskFilter {
  readonly nodes: readonly string[];
  readonly outcomes: readonly TaskOutcome[];
  /** Exact type, e.g. `qmigrate`. */
  readonly type?: string;
  /** Tasks of one guest: its VMID, or its name if no other has the same. */
  readonly guest?: string;
  /** At most so many. */
  readonly limit: number;
}

/** What each view is asked with. */
export interface Questions {
  readonly health: Readonly<Record<string, never>>;
  readonly guests: GuestFilter;
  readonly nodes: RowFilter;
  readonly storages: RowFilter;
  readonly tasks: TaskFilter;
  readonly freeVmid: VmidQuestion;
  readonly checkup: Readonly<Record<string, never>>;
  readonly templates: TemplateQuestion;
  readonly machines: ClusterStatusQuestion;
}

/** A range of VMIDs, both ends included. */
export interface VmidQuestion {
  readonly first: number;
  readonly last: number;
  /** VMIDs that are not free whatever the cluster says: leased ones. */
  readonly except?: readonly number[];
}

/** A view and its question: what the workflow `readCluster` is started with. */
export interface ReadRequest<V extends View = View> {
  readonly view: V;
  readonly question: Questions[V];
}

/** A reading on its way through a workflow's history, where a payload may have 2 MB. */
export type PackedReading =
  | { readonly encoding: 'plain'; readonly reading: Readings[View] }
  /** JSON, compressed with gzip, as base64. */
  | { readonly encoding: 'gzip'; readonly data: string };
