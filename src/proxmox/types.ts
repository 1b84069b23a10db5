import type { ZodType } from 'zod';

import type { ClusterSettings } from '../config/clusterConfig';
import type { TokenCredentials } from '../credentials/contract';
import type { Secret } from '../domain/secret';

/**
 * What kind of call it is, which decides its time limit:
 * `quick` is answered from files or memory, `slow` asks storages or processes, `poll` is repeated anyway.
 */
export type CallKind = 'quick' | 'slow' | 'poll';

/** What a call may be given beside its own parameters. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The node to contact first, instead of the one that owns the object. */
  readonly via?: string;
}

/** A value of a query or a form: a boolean goes as 1 or 0 (behaviour: 1.2), a list as often as it has entries, an absent one is left out. */
export type ParameterValue = string | number | boolean | readonly string[] | undefined;

/** A call that changes nothing. */
export interface ReadCall extends CallOptions {
  /** The node that owns the object; absent: every node can answer. */
  readonly node?: string;
  /** Path below `/api2/json`, its parts URL-encoded (see `apiPath`). */
  readonly path: string;
  readonly query?: Readonly<Record<string, ParameterValue>>;
  /** Default `quick`. */
  readonly kind?: CallKind;
}

/** A call that changes something: it is sent once. */
export interface ChangeCall extends CallOptions {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly node?: string;
  readonly path: string;
  /** Form body of POST and PUT, query of DELETE. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

/** How many requests were sent, repetitions included. */
export interface RequestCounts {
  readonly reads: number;
  readonly polls: number;
  readonly changes: number;
}

/** Time limits; each has its reason in timeouts.ts. */
export interface Timeouts {
  readonly connectMs: number;
  readonly quickMs: number;
  readonly slowMs: number;
  readonly pollMs: number;
  readonly changeMs: number;
  /** How long a node that could not be reached is asked last. */
  readonly avoidMs: number;
}

/** A ticket (behaviour: 2.2): root@pam by its password may do what no token may. */
export interface TicketCredentials {
  readonly userId: string;
  /** The ticket itself. */
  readonly secret: Secret;
  /** What writes with a ticket need beside it. */
  readonly csrfToken: Secret;
}

/** What a request is signed with. */
export type RequestCredentials = TokenCredentials | TicketCredentials;

/** Keeps what requests are signed with. */
export interface RequestCredentialStore {
  /** Undefined: requests go without, which only a login may. */
  get(signal?: AbortSignal): Promise<RequestCredentials | undefined>;
  /** Forgets what was refused. */
  invalidate(used: Secret): void;
}

/** What a client is made from. */
export interface ProxmoxClientOptions {
  readonly cluster: ClusterSettings;
  readonly credentials: RequestCredentialStore;
  /** Default 8: a node answers about 200 protected calls a second, whatever the number at once (observed: Timings). */
  readonly maxConcurrentRequestsPerNode?: number;
  readonly timeouts?: Partial<Timeouts>;
}

/** The one way to a Proxmox cluster's REST API. Every failure is a ManagerError without any secret in it. */
export interface ProxmoxClient {
  /** The configured name of the cluster. */
  readonly cluster: string;
  /** Whether certificates are verified: plans and reports name `insecure`. */
  readonly tls: 'verify' | 'insecure';
  /**
   * Reads from the owning node, else through another one. Repeated where that can help: another node where
   * one does not answer, once with a token read anew after a 401. Throws NodeUnreachable only after every
   * way was tried.
   */
  read<T>(call: ReadCall, schema: ZodType<T>): Promise<T>;
  /**
   * Sends one changing request on a connection of its own. It is sent again only where the first was certainly
   * not executed: no connection, 595, 401. Throws OutcomeUnknown where the answer was lost.
   */
  change<T>(call: ChangeCall, schema: ZodType<T>): Promise<T>;
  /** Whose requests these are: as `user` and `tokenid` show them in task lists. */
  account(signal?: AbortSignal): Promise<ProxmoxAccount>;
  /** Requests sent so far. */
  counts(): RequestCounts;
  /** Ends all connections; running calls fail. */
  close(): Promise<void>;
}

/** The owner of the token, or of the ticket. */
interface ProxmoxAccount {
  /** `user@realm`. */
  readonly user: string;
  /** Empty for a ticket. */
  readonly tokenName: string;
}
