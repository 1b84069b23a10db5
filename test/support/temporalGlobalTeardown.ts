import { rm } from 'node:fs/promises';
import { findEmbeddedServer } from '../../src/temporal/embeddedServer';
import { runFolder, serverStateFolder } from './temporalRun';

/** Stops the run's Temporal server, if a test needed one, and removes the run's folder. */
export default async function globalTeardown(): Promise<void> {
  const server = await findEmbeddedServer(serverStateFolder());
  await server?.stop();
  await rm(runFolder(), { recursive: true, force: true });
}
