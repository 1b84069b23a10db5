import type { AclEntry, CollectedTrust, ProxmoxMajor } from '../../domain/access';

/** A role of the cluster. */
export interface RoleFact {
  readonly name: string;
  readonly privileges: readonly string[];
  /** Built in: can't be changed. */
  readonly builtIn: boolean;
}

/** A user of the cluster. */
export interface UserFact {
  readonly user: string;
  readonly enabled: boolean;
  /** Epoch seconds; 0: never. */
  readonly expiresAt: number;
  readonly comment: string;
}

/** A token of our user. */
export interface TokenFact {
  readonly tokenId: string;
  readonly privilegeSeparation: boolean;
  /** Epoch seconds; 0: never. */
  readonly expiresAt: number;
  readonly comment: string;
}

/** A pool of the cluster. */
export interface PoolFact {
  readonly pool: string;
  readonly comment: string;
  /** How many guests and storages are in it; only known of the pool of builds. A pool that has any can't be removed. */
  readonly members?: number;
}

/** What the store holds, seen without showing any of it. */
export type StoredToken =
  | { readonly state: 'nothing' }
  /** Something that is no token: never overwritten by itself. */
  | { readonly state: 'unreadable'; readonly why: string }
  | {
      readonly state: 'token';
      readonly tokenId: string;
      /** At least one node accepts it; if not, every node that answers refuses it. */
      readonly works: boolean;
      /** Nodes that refuse it while others accept it: they do not know what the cluster knows. */
      readonly refusedBy?: readonly string[];
    };

/** What lies at the place of a new token; whoever put it there has ended. */
export type StagedToken =
  { readonly state: 'token'; readonly tokenId: string } | { readonly state: 'unreadable' };

/** What is there now: the cluster's access as root sees it, and the store's entry. */
export interface AccessFacts {
  readonly major: ProxmoxMajor;
  readonly roles: readonly RoleFact[];
  readonly users: readonly UserFact[];
  /** Of our user only. */
  readonly tokens: readonly TokenFact[];
  readonly acl: readonly AclEntry[];
  readonly pools: readonly PoolFact[];
  /** Names of all storages. */
  readonly storages: readonly string[];
  readonly stored: StoredToken;
  /** ID of the token that was in use before the last rotation and is still kept. */
  readonly previousTokenId?: string;
  /** What an issue that broke off has left beside the token in use. */
  readonly staged?: StagedToken;
  readonly trust: CollectedTrust;
}
