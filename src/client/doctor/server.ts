import type { Client, Connection } from '@temporalio/client';

/** A Temporal server that answers. */
export interface Server {
  readonly connection: Connection;
  readonly client: Client;
  readonly namespace: string;
}
