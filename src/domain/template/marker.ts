/**
 * Who a template or a test clone belongs to and what it was made from: a block in its description. Nothing of it is
 * secret. A guest is the marked one only if it has the marker's VMID: clones copy the description.
 */
export interface TemplateMarker {
  /** `template`: built, perhaps not tested yet. `test`: a clone that is booted once and destroyed. */
  readonly kind: 'template' | 'test';
  /** The template's name, whatever the guest is called. */
  readonly name: string;
  readonly vmid: number;
  /** Which version of the name; absent as long as it has not passed its boot test. The highest is in force. */
  readonly generation?: number;
  /** URL of the image, or `vm/<vmid>`. */
  readonly source: string;
  /** `sha256:<hex>` or `sha512:<hex>` of the image; of a virtual machine `sha1:` of its configuration. */
  readonly digest: string;
  readonly runbook: string;
  /** sha256 (hex) of the runbook's file. */
  readonly runbookHash: string;
  /** sha256 (hex) of what the runbook was given and the conventions that were applied. */
  readonly settings: string;
  /** Version of proxmox-manager. */
  readonly product: string;
  /** Workflow ID of the operation that made it. */
  readonly operation: string;
  /** First run of the operation's chain. */
  readonly run: string;
  /** ISO time of the plan. */
  readonly made: string;
}
