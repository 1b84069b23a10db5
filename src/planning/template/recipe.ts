import type { ImageType, SourceRequest } from '../../domain/template/source';
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
  /** What its steps make: the parameters of the virtual machine. Absent: no steps, the frame builds. */
  readonly made?: Readonly<Record<string, string>>;
}
