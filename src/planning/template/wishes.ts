import type { CloudinitConventions, GuestDefaults } from '../../config/clusterConfig';
import type { ImageType } from '../../domain/template/source';
import type { Deviation } from '../../domain/templatePlan';

/** What the virtual machine of a template is put together from. */
export interface ConfigurationInput {
  readonly imageType: ImageType;
  readonly defaults: GuestDefaults;
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly cloudinit: CloudinitConventions;
  /** Further tags by purpose, e.g. `talos`. */
  readonly purposes: readonly string[];
  readonly machine: MachineWishes;
  /** Type of the storage of its disks, e.g. `lvmthin`. */
  readonly storageType: string;
  /** Public keys, one each. */
  readonly sshKeys: readonly string[];
  /** Where vendor snippets are, if machines are to have one. */
  readonly vendorSnippet?: string;
}

/** What the image asks for, against the conventions if need be. */
export interface MachineWishes {
  readonly cores: number;
  readonly memoryMebibytes: number;
  /** Proxmox's `ostype`. Default `l26`. */
  readonly osType?: string;
  /** What the image can boot with; absent: both. */
  readonly firmware?: 'bios' | 'efi';
  /** Whether a guest agent is in the image or is installed by the vendor snippet. Default yes. */
  readonly hasAgent?: boolean;
  /** Whether it reads cloud-init data. Default: by image type. */
  readonly readsCloudinit?: boolean;
}

/** The configuration as parameters of `POST /nodes/{node}/qemu`, without VMID, name and description. */
export interface DesiredConfiguration {
  readonly parameters: Readonly<Record<string, string>>;
  readonly deviations: readonly Deviation[];
}
