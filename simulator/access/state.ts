/** An API token of a user. */
export interface TokenState {
  readonly id: string;
  secret: string;
  privilegeSeparation: boolean;
  /** Seconds since the epoch, 0 = never. */
  expire: number;
  comment: string | undefined;
}

/** A user of user.cfg. */
export interface UserState {
  readonly id: string;
  enabled: boolean;
  /** Seconds since the epoch, 0 = never. */
  expire: number;
  password: string | undefined;
  readonly groups: Set<string>;
  /** comment, email, firstname, lastname, keys: verbatim. */
  readonly details: Map<string, string>;
  readonly tokens: Map<string, TokenState>;
}

/** A named set of privileges; `special` = built in. */
export interface RoleState {
  readonly id: string;
  readonly special: boolean;
  readonly privileges: Set<string>;
}

/** Whom an ACL entry is for. */
export type AclSubjectKind = 'user' | 'group' | 'token';

/** One entry of the access control list. */
export interface AclEntry {
  readonly path: string;
  readonly kind: AclSubjectKind;
  /** User id, group id, or `<user>!<token>`. */
  readonly subject: string;
  readonly role: string;
  readonly propagate: boolean;
}

/** user.cfg, and what is needed to check tickets. */
export interface AccessState {
  readonly users: Map<string, UserState>;
  readonly groups: Map<string, { readonly id: string; comment: string | undefined }>;
  readonly roles: Map<string, RoleState>;
  readonly realms: Map<
    string,
    { readonly type: string; readonly comment: string | undefined; readonly isDefault: boolean }
  >;
  acl: AclEntry[];
  /**
   * Entries of the file whose role or token is gone, as `role 'R'` or `token 'u@pve!t'`: ignored, warned of by every
   * command that reads the file, and dropped when it is written next (recording g1).
   */
  staleEntries: string[];
  /** Signs the cluster's tickets; a new simulator has a new one. */
  ticketKey: string;
}

/** Who a call is made by. */
export interface Identity {
  /** `<user>@<realm>`. */
  readonly user: string;
  /** The token's name without the user, for API tokens. */
  readonly tokenId: string | undefined;
  /** The name in UPIDs and logs: the user, or `<user>!<token>`. */
  readonly authId: string;
  /** True only for root@pam by ticket: a token of root is not root (behaviour.md, conventions). */
  readonly isRoot: boolean;
}

/** The name of a token as Proxmox writes it in full. */
export function fullTokenId(user: string, tokenId: string): string {
  return `${user}!${tokenId}`;
}
