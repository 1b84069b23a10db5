import type { Answer } from '../recording';
import type { OutOfBandEvent } from '../state/schema';
import type { CommandOutput } from '../commands/answer';
import type { OutgoingRequest } from './client';
import type { Credentials } from './identity';
import type { Underway } from './stepper';

/** The cluster that a recording is replayed against. Its time passes only when it is told to, and while it answers. */
export interface ClusterUnderTest {
  /** Names of the nodes, in the order of the state file. */
  readonly nodes: readonly string[];
  readonly credentials: Credentials;
  /** Sends a request to a node; resolves once it has arrived and all is done that needs no time. */
  readonly send: (node: string, request: OutgoingRequest) => Promise<Underway<Answer>>;
  /** The same of a command that root runs on a node. */
  readonly run: (node: string, argv: readonly string[]) => Promise<Underway<CommandOutput>>;
  /** Its time, seconds since the epoch. */
  readonly now: () => number;
  /** Lets its time pass up to a moment, unless it is later already. */
  readonly until: (epochSeconds: number) => Promise<void>;
  /** Lets something happen that is no request. Throws where the cluster can't. */
  readonly apply: (event: OutOfBandEvent) => Promise<void>;
  readonly close: () => Promise<void>;
}
