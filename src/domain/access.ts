/** How much the token may do. */
export type AccessProfile =
  /** Everything that operations of this project need. */
  | 'full'
  /** Look at everything, move guests, nothing else. */
  | 'evacuation'
  /** Look only. */
  | 'read';

/** Major versions of Proxmox VE whose privileges are known here. */
export type ProxmoxMajor = 8 | 9;

/** One entry of the access control list, as `GET /access/acl` shows it. */
export interface AclEntry {
  readonly path: string;
  readonly kind: 'user' | 'token' | 'group';
  /** `user@realm`, `user@realm!token`, or a group's name. */
  readonly subject: string;
  readonly role: string;
  readonly propagate: boolean;
}

/** A role of our own making. */
export interface DesiredRole {
  readonly name: string;
  /** In alphabetical order. */
  readonly privileges: readonly string[];
}

/** What bootstrapAccess, rotateToken and undoAccess are started with. */
export interface AccessRequest {
  /** Checked against the worker's cluster, if given. */
  readonly cluster?: string;
  /** The node that is reached by SSH; absent: the first of the configuration that answers. */
  readonly node?: string;
  /** Only for bootstrapAccess; absent: the configuration's. */
  readonly profile?: AccessProfile;
  /** Only for bootstrapAccess: give the token entries of its own (privsep); absent: the configuration's. */
  readonly privilegeSeparation?: boolean;
  /** Ends after the plan; nothing is changed. */
  readonly dryRun?: boolean;
  /** Who asks, as a claim (shown in the report). */
  readonly requestedBy?: string;
  /** Continue as new after so many history events instead of when the server suggests it (tests). */
  readonly historyEventLimit?: number;
}

/** What a node's certificate is, as read over a verified SSH connection. */
export interface NodeCertificate {
  readonly node: string;
  /** sha256 of the certificate that the API shows, `AA:BB:...`. */
  readonly fingerprint: string;
  /** ISO time. */
  readonly validUntil: string;
  /** What the configuration says about this node. */
  readonly configured: 'pinned' | 'otherPin' | 'caFile' | 'insecure' | 'nothing';
  /**
   * Whether the cluster's CA has signed it, for the node's name or address in the configuration: another CA's (ACME, an
   * own one) is not trusted by it. Absent in plans of before.
   */
  readonly trustedByAuthority?: boolean;
}

/** What is needed to trust the nodes' certificates. */
export interface CollectedTrust {
  readonly nodes: readonly NodeCertificate[];
  /** The cluster's own CA (/etc/pve/pve-root-ca.pem). */
  readonly certificateAuthorityPem?: string;
}
