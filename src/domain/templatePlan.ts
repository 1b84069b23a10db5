import type { StorageReservation } from './buildLease';
import type { OperationTimes } from './evacuationPlan';
import type { RenderedStep } from './runbook/plan';
import type { RunbookFile } from './runbookPlan';
import type { TemplateSource } from './template/source';

/** What making a template is started with: one JSON object. */
export interface TemplateRequest {
  /** The runbook of that name says what it is made of. */
  readonly runbook: string;
  /** The template's name. Default: the runbook's. */
  readonly name?: string;
  /** Our name of the cluster, as a check that the right worker answers. */
  readonly cluster?: string;
  /** Parameters of the runbook by name, as texts. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Nodes that get a copy where disks are local. Default: every node that has the storage. */
  readonly nodes?: readonly string[];
  /** How many older versions stay. Default 1. */
  readonly keep?: number;
  /** Build even if the version in force is of the same image, runbook and settings. */
  readonly rebuild?: boolean;
  /** Make nothing, only delete older versions beyond those that are kept. */
  readonly onlyRetire?: boolean;
  /** End after the plan; nothing is leased. */
  readonly dryRun?: boolean;
  /** Who asks, as a claim. */
  readonly requestedBy?: string;
  /** Continue as new at this many history events (tests). */
  readonly historyEventLimit?: number;
}

/** A copy of the template that will be made. */
export interface PlannedTemplateCopy {
  readonly node: string;
  /** Leased; in a dry run only free at the moment. */
  readonly vmid: number;
  /** `migrate`: a full clone of the first copy, moved offline and converted there. */
  readonly method: 'build' | 'migrate';
  /** How its image comes to it. Absent: from the first copy, or from an existing virtual machine. */
  readonly import?: { readonly way: 'rest'; readonly storage: string } | { readonly way: 'ssh' };
  /** Bytes that go over a network for it. */
  readonly movedBytes: number;
  readonly because: string;
}

/** The runbook's steps, filled in for one copy: they make its virtual machine a template under its build name. */
export interface PlannedBuild {
  readonly node: string;
  /** Their ids begin with the node, so that those of several copies stay apart. */
  readonly steps: readonly RenderedStep[];
}

/** When a test clone counts as ready. */
export type BootReadiness =
  /** The agent answers, cloud-init has finished, an address was given, machine-id and host keys are its own. */
  | 'agent'
  /** The API of Talos answers on its address. */
  | 'talosApi'
  /** It runs, and still does after a while. */
  | 'running';

/** The clone that is booted once before the template comes into force. */
export interface PlannedBootTest {
  readonly vmid: number;
  readonly node: string;
  readonly readiness: BootReadiness;
}

/** A copy of a version, in force or older. */
export interface TemplateCopy {
  readonly vmid: number;
  readonly node: string;
  /** What it is called now. */
  readonly name: string;
  readonly generation: number;
}

/**
 * A guest that is deleted once the new version is in force, by exactly this identity: a copy of an older version, or
 * what an operation of the same template that broke off has left.
 */
export interface PlannedRetirement extends Omit<TemplateCopy, 'generation'> {
  /** Absent for what never came into force. */
  readonly generation?: number;
  readonly unfinished?: { readonly kind: 'template' | 'test'; readonly run: string };
  /** Storage volumes that go with it. */
  readonly volumes: readonly string[];
}

/** A copy that would be old enough to go, but stays. */
export interface KeptCopy extends TemplateCopy {
  readonly because: string;
}

/** A place where the template is otherwise than the conventions say. */
export interface Deviation {
  /** Key of the virtual machine's configuration, or `scsi0.discard` for an option of a drive. */
  readonly key: string;
  /** What the conventions ask for. */
  readonly convention: string;
  /** What the template gets. */
  readonly used: string;
  readonly because: string;
}

/** A plan as its steps need it: without those of the runbook, which are large. */
export type TemplateFrame = Pick<
  TemplatePlan,
  | 'name'
  | 'generation'
  | 'buildName'
  | 'source'
  | 'runbook'
  | 'files'
  | 'settings'
  | 'product'
  | 'madeAt'
  | 'copies'
  | 'bootTest'
  | 'inForce'
  | 'retires'
  | 'reservations'
>;

/** The plan of a template: what it is made of, where, and what happens to the versions before it. */
export interface TemplatePlan {
  readonly operation: 'createTemplate';
  /** sha256 (hex) over the canonical JSON of what would be done. */
  readonly hash: string;
  readonly cluster: string;
  /** ISO time. */
  readonly madeAt: string;
  readonly name: string;
  /** `replicate`: the version in force gets copies on nodes that lack it. `retire`: only older versions go. */
  readonly todo: 'build' | 'replicate' | 'retire' | 'nothing';
  /** Why, in words. */
  readonly because: string;
  readonly generation: number;
  /** What the guests are called until they are in force: tells this operation's from all others. */
  readonly buildName: string;
  /** Absent where nothing is made. */
  readonly source?: TemplateSource;
  readonly runbook: { readonly name: string; readonly sha256: string };
  /** The runbook's file and those that it calls: another content is drift. */
  readonly files: readonly RunbookFile[];
  /** sha256 (hex) of what the runbook was given and the conventions that were applied. */
  readonly settings: string;
  /** Version of proxmox-manager. */
  readonly product: string;
  /** The first is built and tested before any other is begun. */
  readonly copies: readonly PlannedTemplateCopy[];
  /** One for each copy that is built, in their order. */
  readonly builds: readonly PlannedBuild[];
  /** Ids of destructive steps that ask when they begin: what they act on is not known before. */
  readonly asksBefore: readonly string[];
  /** The nodes that answer: where a step for every node runs. */
  readonly nodes: readonly string[];
  readonly bootTest?: PlannedBootTest;
  /** Parameters of the virtual machine, without VMID, name and description. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly deviations: readonly Deviation[];
  /** Copies of the version that is in force now. */
  readonly inForce: readonly TemplateCopy[];
  readonly retires: readonly PlannedRetirement[];
  readonly keeps: readonly KeptCopy[];
  readonly reservations: readonly StorageReservation[];
  /** By place: how much all reservations together may take, at the time of planning. */
  readonly roomBytes: Readonly<Record<string, number>>;
  readonly times: OperationTimes;
  readonly warnings: readonly string[];
}
