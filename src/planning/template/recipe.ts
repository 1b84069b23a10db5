import type { RenderedRunbook } from '../../domain/runbook/plan';
import type { RunbookFile } from '../../domain/runbookPlan';
import type { ImageType, SourceRequest, TemplateSource } from '../../domain/template/source';
import type { BootReadiness } from '../../domain/templatePlan';
import type { MachineWishes } from './wishes';

/** What a runbook says of the template that it makes. */
export interface TemplateRecipe {
  readonly runbook: { readonly name: string; readonly sha256: string };
  readonly imageType: ImageType;
  readonly source: SourceRequest;
  readonly machine: MachineWishes;
  /** Further tags by purpose, e.g. `talos`. */
  readonly purposes: readonly string[];
  /** Storage of the disks, if it is not that of the conventions. */
  readonly storage?: string;
  /** Storage that the image is downloaded to, if the runbook names one. */
  readonly importStorage?: string;
  /** Size that the disk is enlarged to. */
  readonly diskBytes?: number;
  readonly readiness?: BootReadiness;
  /** Every parameter with its value, but for those that the frame gives: node, vmid, name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What its steps make: the parameters of the virtual machine; none where they clone one. */
  readonly made: Readonly<Record<string, string>>;
}

/** What the frame gives a runbook for one copy. */
export interface BuildValues {
  readonly node: string;
  readonly vmid: number;
  /** The build name. */
  readonly name: string;
  readonly source: TemplateSource;
}

/** The runbook of a template: what it says, and its steps for one copy. */
export interface TemplateRunbook {
  readonly recipe: TemplateRecipe;
  readonly files: readonly RunbookFile[];
  /** Throws InputInvalid where a value does not fit. */
  readonly fill: (values: BuildValues) => { readonly runbook: Pick<RenderedRunbook, 'steps'> };
}
