/** A host as it is named by whoever wants to connect; what it leaves open is taken from the SSH configuration. */
export interface SshHost {
  /** DNS name, address, or a name of the SSH configuration. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}
