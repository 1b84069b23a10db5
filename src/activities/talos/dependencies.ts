import type { SecretReader } from '../../credentials/secrets';

/** What the activities of Talos, Flux and Kubernetes act with. */
export interface TalosDependencies {
  /** Our name of the Proxmox cluster. */
  readonly cluster: string;
  /** Folder of the folders of all clusters' secrets. */
  readonly folder: string;
  readonly secrets: Pick<SecretReader, 'readWhole'>;
  /** Between two looks at what is waited for. */
  readonly everyMs: number;
}
