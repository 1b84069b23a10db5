import type { ClusterConfig, ClusterNode } from '../../../config/clusterConfig';
import type { Problem } from '../../../domain/errors';
import type { PresentedCertificate } from '../../../proxmox/certificate';
import type { clusterResources, ClusterStatus } from '../../../proxmox/api/cluster';
import type { HaStatus } from '../../../proxmox/api/haStatus';
import type { StorageDefinition } from '../../../proxmox/api/storageDefinitions';
import type { TaskRow } from '../../../proxmox/api/tasks';
import type { TokenExpiry } from '../../../proxmox/api/tokenExpiry';
import type { HostKeySighting } from '../../../ssh/hostKeySighting';
import type { PrivilegesByPath } from '../../inspection/privileges';
import type { Fact, Mask } from './fact';

/** A row of the cluster-wide list. */
export type GuestResource = Awaited<ReturnType<typeof clusterResources<'vm'>>>[number];
/** A row of the cluster-wide list: a storage on one node. */
export type StorageResource = Awaited<ReturnType<typeof clusterResources<'storage'>>>[number];

/** How a login by SSH went. */
export type SshLook =
  | { readonly state: 'works'; readonly hostName: string }
  /** `sighting`: what can be accepted; absent where the key is known to be wrong. */
  | { readonly state: 'hostKey'; readonly problem: Problem; readonly sighting?: HostKeySighting }
  | { readonly state: 'fails'; readonly problem: Problem };

/** What is seen of one configured node from here. */
export interface NodeFacts {
  readonly node: ClusterNode;
  readonly certificate: Fact<PresentedCertificate>;
  /** Its answer to the token, asked at the node itself: its version, e.g. `8.4.1`. */
  readonly answer: Fact<string>;
  /** What it says itself of the cluster; only of nodes that accept the token. */
  readonly view: Fact<ClusterStatus> | undefined;
  /** Its version, from itself or from another node. */
  readonly version: Fact<string>;
  readonly ssh: SshLook;
  /** Seconds by which its clock is ahead of ours. */
  readonly clockSeconds: Fact<number>;
  /** Names of bridges. */
  readonly bridges: Fact<readonly string[]>;
  /** Tasks that run on it. */
  readonly tasks: Fact<readonly TaskRow[]>;
  /** It answered at first, but not all that it was asked then. */
  readonly hang?: Problem;
}

/** What any node tells of the whole cluster. */
export interface ClusterFacts {
  readonly status: Fact<ClusterStatus>;
  readonly privileges: Fact<PrivilegesByPath>;
  /** Undefined: the token is not shown it. */
  readonly expiry: Fact<TokenExpiry | undefined>;
  readonly guests: Fact<readonly GuestResource[]>;
  readonly storages: Fact<readonly StorageResource[]>;
  readonly definitions: Fact<readonly StorageDefinition[]>;
  readonly ha: Fact<HaStatus>;
}

/** Everything that the checks judge, read once. */
export interface CheckupFacts extends ClusterFacts {
  readonly config: ClusterConfig;
  readonly nowMs: number;
  /** `user@realm!name`, and where it is kept. */
  readonly token: Fact<{ readonly tokenId: string; readonly kept: string }>;
  /** Where the password is kept with which root@pam could log in; undefined: the configuration names no place. */
  readonly login: Fact<string> | undefined;
  readonly nodes: readonly NodeFacts[];
  /** The fault that keeps the whole cluster from being asked, if there is one. */
  readonly mask: Mask | undefined;
  readonly locked: Fact<LockedGuests>;
}

/** Guests with a lock that no running task explains. */
export interface LockedGuests {
  /** So at two looks. */
  readonly left: readonly GuestResource[];
  /** Their node's tasks are not known. */
  readonly unclear: readonly { readonly guest: GuestResource; readonly mask: Mask }[];
}
