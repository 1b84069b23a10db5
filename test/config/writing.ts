import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for a test file, removed after its tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-config-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a configuration into a folder and returns its path. */
export function writeConfig(folder: string, content: string | Uint8Array): string {
  const file = join(folder, 'cluster-config.yaml');
  writeFileSync(file, content);
  return file;
}
