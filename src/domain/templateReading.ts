import type { ReadingBase } from './clusterReading';
import type { TemplateMarker } from './template/marker';

/** Which templates, and how closely they are looked at. */
export interface TemplateQuestion {
  /** One name only. One that no template has is refused with the nearest. */
  readonly name?: string;
  /** Look at the storages too: disks that are missing, and linked clones. A request for each of them on each node. */
  readonly volumes: boolean;
}

/** A disk of a copy that is not as it should be. */
export interface FaultyVolume {
  readonly volume: string;
  /**
   * `missing`: the storage does not list it. `notBase`: it was not converted. `unreadable`: the storage can't be used
   * on this node now.
   */
  readonly fault: 'missing' | 'notBase' | 'unreadable';
}

/** A guest with our marker, as its node shows it. */
export interface MarkedCopy {
  readonly vmid: number;
  readonly node: string;
  /** What it is called now. */
  readonly name: string;
  /** Whether Proxmox counts it as a template. */
  readonly isTemplate: boolean;
  readonly marker: TemplateMarker;
  /** Volume ids of its disks. */
  readonly volumes: readonly string[];
  /** Absent: the storages were not looked at. */
  readonly faultyVolumes?: readonly FaultyVolume[];
  /** VMIDs of linked clones, told by the ids of their volumes; absent as {@link faultyVolumes}. */
  readonly linkedClones?: readonly number[];
  /** It has disks on LVM-thin, where nothing tells linked clones (behaviour: 7.5), which do not need them either. */
  readonly hasUnknownClones: boolean;
}

/** All copies of one generation: one a node where its disks are local. */
export interface TemplateVersionReading {
  readonly generation: number;
  /** By node. */
  readonly copies: readonly MarkedCopy[];
}

/** Everything of one template. */
export interface TemplateReading {
  readonly name: string;
  /** Newest first; the first one is in force. Empty: none has passed its boot test yet. */
  readonly versions: readonly TemplateVersionReading[];
  /** Begun, and not in force: half built, not tested, without Proxmox's template flag, or a test clone. */
  readonly unfinished: readonly MarkedCopy[];
  /** Nodes that have the storage of the version in force for themselves, but no copy of it. */
  readonly lackingOn: readonly string[];
  /** The disks of the version in force are on a storage that all nodes share: one copy serves all. */
  readonly isShared: boolean;
}

/** Why a guest does not count as ours. */
export type MarkerState =
  /** There is no marker: somebody else made it. */
  | 'none'
  /** A marker that somebody changed. */
  | 'changed'
  /** The marker of another guest: clones copy the description. */
  | 'copied';

/** A template of Proxmox, or a guest with the name of one of ours, that has no marker of its own. Never touched. */
export interface StrangeTemplate {
  readonly vmid: number;
  readonly node: string;
  readonly name: string;
  readonly isTemplate: boolean;
  readonly marker: MarkerState;
}

/** All templates that fit, by name. */
export interface TemplateList extends ReadingBase {
  readonly templates: readonly TemplateReading[];
  /** By VMID; with a name in the question only those that are called so. */
  readonly strangers: readonly StrangeTemplate[];
}
