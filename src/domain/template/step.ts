import type { LeaseHolder } from '../lease';
import type { TemplateFrame } from '../templatePlan';

/** What a step that begins a task has to know of tasks before it. */
export interface TasksBefore {
  /** Tasks that were judged already: never adopted. */
  readonly settledTasks: readonly string[];
  /** Nobody has asked for it before: the first attempt has nothing to adopt. */
  readonly isFirst?: true;
}

/** What every step of making a template is started with. */
export interface TemplateStepArguments extends TasksBefore {
  readonly holder: LeaseHolder;
  readonly plan: TemplateFrame;
}

/** A step on one copy, by its place in the plan. */
export interface CopyStepArguments extends TemplateStepArguments {
  readonly node: string;
  readonly vmid: number;
}

/** What became of a step that begins a task. */
export type TaskBegun =
  | { readonly kind: 'started' | 'adopted'; readonly upid: string }
  /** Its goal is reached. `isAbsent`: what it is about is not there, and was not when it was first looked for. */
  | { readonly kind: 'done'; readonly isAbsent?: true };

/** What became of a destruction whose answer was lost. */
export type Destruction = TaskBegun | { readonly kind: 'nothing' };

/** A guest that is to be destroyed: all of it has to be so still. */
export interface GuestIdentity {
  readonly node: string;
  readonly vmid: number;
  /** What it was called last. */
  readonly name: string;
  readonly kind: 'template' | 'test';
  /** Name of the template in its marker. */
  readonly template: string;
  /** First run of the operation that made it; absent for retired versions: then the generation counts. */
  readonly run?: string;
  readonly generation?: number;
}

/** A guest that is to go. */
export interface DestroyArguments extends TasksBefore {
  readonly holder: LeaseHolder;
  readonly identity: GuestIdentity;
}

/** What a test clone shows of its boot. */
export interface BootReport {
  readonly ready: boolean;
  /** Waiting longer changes nothing. */
  readonly isFinal?: boolean;
  /** What was seen, or is still missing; one line each. */
  readonly seen: readonly string[];
}
