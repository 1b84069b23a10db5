import type { OutOfBandEvent } from '../state/schema';
import type { CommandOutput } from '../commands/answer';
import type { NodeAddress } from './client';
import type { Credentials } from './identity';

/** The cluster that a recording is replayed against. */
export interface ClusterUnderTest {
  /** Names of the nodes, in the order of the state file. */
  readonly nodes: readonly string[];
  readonly addressOf: (node: string) => NodeAddress;
  readonly credentials: Credentials;
  /** Runs a command as root on a node. */
  readonly run: (node: string, argv: readonly string[]) => Promise<CommandOutput>;
  /** Lets something happen that is no request. Throws where the cluster can't. */
  readonly apply: (event: OutOfBandEvent) => Promise<void>;
  readonly close: () => Promise<void>;
}
