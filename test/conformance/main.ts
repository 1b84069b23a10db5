import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  folderAt,
  ownFolders,
  runConformance,
  type ConformanceFolder,
  type ConformanceOutcome,
} from './conformance';
import { startSimulatedCluster } from './replay/simulated';
import { loadBaselines } from './report/targets';

interface CommandLine {
  readonly states?: string;
  readonly mutate?: boolean;
  readonly mutateEverywhere?: boolean;
  readonly only?: string;
  readonly show?: string;
  readonly raiseBaseline?: boolean;
}

/** Notes what each of the project's own recordings reached, where that is better than before. */
function raiseBaseline(folders: readonly ConformanceFolder[], outcome: ConformanceOutcome): void {
  const file = join(__dirname, 'baseline.json');
  const baselines = loadBaselines(file);
  for (const { ownName, recordings } of folders) {
    if (ownName === undefined) continue;
    const baseline = (baselines[ownName] ??= {});
    for (const { name, passed } of outcome.figures.get(recordings) ?? []) {
      baseline[name] = Math.max(baseline[name] ?? 0, passed);
    }
  }
  writeFileSync(file, `${JSON.stringify(baselines, null, 2)}\n`);
}

async function run(folder: string | undefined, options: CommandLine): Promise<void> {
  const folders = folder === undefined ? ownFolders : [folderAt(folder, options.states)];
  const only = options.only ?? options.show;
  const outcome = await runConformance({
    folders,
    mutate: options.mutateEverywhere === true ? 'every' : options.mutate === true ? 'one' : false,
    only,
    show: options.show,
    startCluster: startSimulatedCluster,
    print: (line) => process.stdout.write(`${line}\n`),
  });
  if (options.raiseBaseline === true) raiseBaseline(folders, outcome);
  process.exitCode = outcome.problems.length > 0 ? 1 : 0;
}

const program = new Command('conformance')
  .description('Replays recordings of real Proxmox clusters against the simulator and compares every answer.')
  .argument('[folder]', "folder of recordings (default: the project's own, 8.4 and 9.2)")
  .option(
    '--states <folder>',
    'folder of their state files (default: states/ inside the folder of recordings)',
  )
  .option(
    '--mutate',
    'falsify each recorded answer that passes, in every way that fits: the comparison must object',
  )
  .option('--mutate-everywhere', 'the same at every place of each answer (slow)')
  .option('--only <recording>', 'only recordings whose name starts so')
  .option('--show <recording>', 'only these, with every request and both answers')
  .option('--raise-baseline', 'write what was reached to baseline.json, where it is better than before')
  .action(run);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
