import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const serverState = z.object({
  pid: z.int().positive(),
  port: z.int().positive(),
  uiPort: z.int().positive(),
  /** Lives in the database: tells this server from another one that got the port. Absent until it first answered. */
  clusterId: z.string().optional(),
});

/** What is remembered of the embedded server that was started last. */
export type EmbeddedServerState = z.infer<typeof serverState>;

/** The file that remembers it. */
function embeddedStateFile(stateFolder: string): string {
  return join(stateFolder, 'temporal-server.json');
}

/** Reads it; undefined if there is none or it can't be understood. */
export async function readServerState(stateFolder: string): Promise<EmbeddedServerState | undefined> {
  try {
    return serverState.parse(JSON.parse(await readFile(embeddedStateFile(stateFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Writes it, atomically. */
export async function writeServerState(stateFolder: string, state: EmbeddedServerState): Promise<void> {
  const file = embeddedStateFile(stateFolder);
  await writeFile(`${file}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Forgets it: the server was stopped. */
export async function removeServerState(stateFolder: string): Promise<void> {
  await rm(embeddedStateFile(stateFolder), { force: true });
}
