import { execFile } from 'node:child_process';
import { z } from 'zod';
import { version } from '../package.json';
import { healthyScenario, openCheckupLab } from '../test/activities/doctor/support/checkupLab';
import { builtPackage } from '../test/client/support/builtPackage';
import { openInstallations } from '../test/client/doctor/support';

/** What one `pxm doctor` takes, and what its parts take. */
export interface DoctorRun {
  readonly seconds: number;
  /** `pxm --version`: Node and what every command needs is loaded, nothing is looked at. */
  readonly startSeconds: number;
  /** The one request or SSH command of a checkup that took longest, seen from the nodes. */
  readonly slowestSeconds: number;
  /** All of them one after the other, seen from the nodes. */
  readonly sumSeconds: number;
  readonly looks: number;
  readonly findings: number;
}

const runs = 7;

/**
 * Runs `pxm doctor` as a person does, on a healthy cluster of three nodes, each time after an empty start of pxm. The best
 * run counts: others on the machine only make it longer.
 */
export async function benchDoctor(): Promise<DoctorRun> {
  const [built, installations] = await Promise.all([builtPackage(), openInstallations()]);
  const lab = await openCheckupLab(healthyScenario('9'));
  try {
    const { namespace, cluster } = installations.place({});
    lab.configure({ cluster });
    const env = {
      PATH: process.env['PATH'],
      HOME: lab.folder,
      PXM_STATE_FOLDER: lab.folder,
      TEMPORAL_ADDRESS: installations.address,
      TEMPORAL_NAMESPACE: namespace,
    };
    const pxm = (...args: readonly string[]) => timed([built.cli, ...args], env);
    const doctor = () => pxm('doctor', '--json', '--config', lab.configFile);
    const one = async (): Promise<DoctorRun> => {
      const start = await pxm('--version');
      if (!start.stdout.includes(version)) throw new Error(start.stdout);
      const before = new Set(recordsOf(lab.simulator.control));
      const { seconds, stdout } = await doctor();
      const looks = recordsOf(lab.simulator.control)
        .filter((it) => !before.has(it))
        .map(({ receivedAt, answeredAt }) => (answeredAt ?? receivedAt) - receivedAt);
      return {
        seconds,
        startSeconds: start.seconds,
        slowestSeconds: Math.max(...looks),
        sumSeconds: looks.reduce((sum, each) => sum + each, 0),
        looks: looks.length,
        findings: fineFindings(stdout),
      };
    };
    const all: DoctorRun[] = [];
    for (let run = 0; run < runs; run += 1) all.push(await one());
    const [best] = all.toSorted((left, right) => left.seconds - right.seconds);
    if (best === undefined) throw new Error('nothing was run');
    return best;
  } finally {
    await lab.close();
    await installations.close();
    built.remove();
  }
}

type Control = Awaited<ReturnType<typeof openCheckupLab>>['simulator']['control'];

function recordsOf(control: Control) {
  return [...control.requests(), ...control.commands()];
}

const answer = z.object({ findings: z.array(z.object({ status: z.string(), what: z.string() })) });

/** How many findings there are; throws if one of them is not fine: then it would not be a healthy cluster. */
function fineFindings(stdout: string): number {
  const { findings } = answer.parse(JSON.parse(stdout));
  const fault = findings.find(({ status }) => status !== 'ok');
  if (fault !== undefined) throw new Error(fault.what);
  return findings.length;
}

async function timed(args: readonly string[], env: NodeJS.ProcessEnv) {
  const startedMs = performance.now();
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [...args], { env }, (error, out, err) => {
      if (error === null) resolve(out);
      else reject(new Error(`${error.message}\n${out}${err}`));
    });
  });
  return { stdout, seconds: (performance.now() - startedMs) / 1000 };
}
