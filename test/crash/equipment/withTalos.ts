import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StandInControl } from '../../../standins/control';
import { startKubernetesApi } from '../../../standins/kubernetes/server';
import { createKubernetesGate } from '../gates/kubernetes';
import { openProgramGate } from '../gates/programs';
import type { Equipment, Site } from './equipment';
import { startStandIns } from './standIns';
import { withToken } from './withToken';

/** What workers with Talos find. */
export interface TalosOptions {
  /** Further sections of the configuration. */
  readonly more: string;
  /** Further files beside it, by their paths there. */
  readonly files: Readonly<Record<string, string>>;
  /** Name of the file with the key for Flux. */
  readonly deployKey: string;
  /** Makes what is there before: machines of a cluster, and its secrets in the state folder. */
  readonly arrange?: (site: Site, standIns: StandInControl) => Promise<void>;
}

/**
 * A cluster that is set up, whose machines have Talos in them: stand-ins for talosctl and flux, each run of which is a
 * call, and a Kubernetes API, each request to which is one.
 */
export function withTalos(options: TalosOptions): (site: Site) => Promise<Equipment> {
  return async (site) => {
    const equipment = await withToken(options.more, options.files)(site);
    const { clock } = site.simulator.control.cluster;
    await writeFile(join(site.folder, options.deployKey), deployKey, { mode: 0o600 });
    const { bin, stateFile, close } = await startStandIns(site);
    const standIns = new StandInControl(stateFile);
    const kubernetesGate = createKubernetesGate(clock);
    const kubernetes = await startKubernetesApi(stateFile, kubernetesGate.between);
    const programGate = await openProgramGate({
      folder: join(site.folder, 'bin'),
      programs: { talosctl: join(bin, 'talosctl'), flux: join(bin, 'flux') },
      ...{ lineOf: lineOfTool, tellsAtEnd: true, clock },
    });
    await options.arrange?.(site, standIns);
    return {
      ...equipment,
      standIns,
      gates: { RUN: programGate.calls, K8S: kubernetesGate.calls },
      environment: { PATH: `${programGate.binFolder}:${process.env['PATH'] ?? ''}` },
      async close() {
        await close();
        await programGate.close();
        await kubernetes.close();
        await equipment.close();
      },
    };
  };
}

/** Nobody verifies it; it has the form of one. */
const deployKey =
  '-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5LCBvbmx5IGl0cyBmb3Jt\n-----END OPENSSH PRIVATE KEY-----\n';

/**
 * The words that name a run of a tool, what is made (`-t`), the machine that it asks (`-n`) and how: paths differ from run
 * to run, and the rest of the options tells nothing.
 */
function lineOfTool(program: string, words: readonly string[]): string {
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const command = firstOption === -1 ? words : words.slice(0, firstOption);
  const valueOf = (option: string) => {
    const at = words.indexOf(option);
    return at === -1 ? [] : words.slice(at + 1, at + 2);
  };
  return [
    program,
    ...command.filter((word) => !word.startsWith('/')),
    ...valueOf('-t'),
    ...valueOf('-n'),
    ...(words.includes('--insecure') ? ['insecure'] : []),
  ].join(' ');
}
