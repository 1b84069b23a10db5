import { rm } from 'node:fs/promises';
import { findEmbeddedServer } from '../../src/temporal/embeddedServer';
import { builtFolder, builtStandInsFolder, runFolder, serverStateFolder } from './temporalRun';

/** Stops the run's Temporal server, if a test needed one, and removes the run's folder and what was built in it. */
export default async function globalTeardown(): Promise<void> {
  const server = await findEmbeddedServer(serverStateFolder());
  await server?.stop();
  await rm(builtFolder(), { recursive: true, force: true });
  await rm(builtStandInsFolder(), { recursive: true, force: true });
  await rm(runFolder(), { recursive: true, force: true });
}
