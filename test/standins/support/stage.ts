import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandInControl } from '../../../standins/control';
import { installStandIns, type InstallOptions } from '../../../standins/install';
import { startKubernetesApi, type KubernetesApi } from '../../../standins/kubernetes/server';
import { compileFolders } from '../../client/support/builtPackage';
import { builtStandInsFolder, onceInRun } from '../../support/temporalRun';

/** Stand-ins first in PATH, and what a test does with them. */
export interface StandInStage {
  /** Of the test alone. */
  readonly folder: string;
  readonly bin: string;
  readonly control: StandInControl;
  readonly kubernetes: KubernetesApi;
}

/** Compiles the stand-ins once in a jest run; the folder of their programs. */
export async function builtStandIns(): Promise<string> {
  const root = builtStandInsFolder();
  await onceInRun('standins', async () => {
    if (existsSync(root)) return;
    const unfinished = `${root}.${process.pid}`;
    await compileFolders(unfinished, ['standins']);
    renameSync(unfinished, root);
  });
  return join(root, 'standins');
}

/** Installs stand-ins for one test, with a Kubernetes API beside them. */
export async function standInStage(
  clean: (undo: () => unknown) => void,
  options: Pick<InstallOptions, 'versions' | 'timings'> = {},
): Promise<StandInStage> {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-standins-'));
  clean(() => rmSync(folder, { recursive: true, force: true }));
  const installed = installStandIns({
    folder: join(folder, 'tools'),
    programs: await builtStandIns(),
    ...options,
  });
  const kubernetes = await startKubernetesApi(installed.stateFile);
  clean(() => kubernetes.close());
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = `${installed.bin}:${before}`;
  clean(() => {
    process.env['PATH'] = before;
  });
  return { folder, bin: installed.bin, control: new StandInControl(installed.stateFile), kubernetes };
}
