import { parseArgs } from 'node:util';
import { StandInControl } from './control';
import { followSimulator } from './follow';
import { installStandIns } from './install';
import { startKubernetesApi } from './kubernetes/server';

const usage = `usage: node standins/main.js --folder <folder> [--simulator <its control URL>] [--end-with-stdin]
Installs talosctl, flux and kubectl as stand-ins in <folder>/bin, serves the Kubernetes API of the clusters that they make,
and, with --simulator, lets its guests be their machines. Prints one line of JSON ({ bin, stateFile, kubernetesUrl }) when
it is ready, and ends on SIGTERM or SIGINT, with --end-with-stdin also once its standard input is closed.`;

/** Runs all that stand-ins need beside themselves, as a process of its own. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      simulator: { type: 'string' },
      'end-with-stdin': { type: 'boolean', default: false },
    },
  });
  if (values.folder === undefined) throw new Error(usage);
  const { bin, stateFile } = installStandIns({ folder: values.folder, programs: __dirname });
  const api = await startKubernetesApi(stateFile);
  const ending = new AbortController();
  const stop = async (): Promise<void> => {
    ending.abort();
    await api.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  if (values['end-with-stdin']) process.stdin.once('end', () => void stop()).resume();
  process.stdout.write(`${JSON.stringify({ bin, stateFile, kubernetesUrl: api.url })}\n`);
  if (values.simulator !== undefined) {
    await followSimulator(new StandInControl(stateFile), values.simulator, ending.signal);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
