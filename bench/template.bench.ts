import type { RequestRecord, SimulatorControl } from '../simulator';
import { defaultPollEveryMs } from '../src/proxmox/tasks/poller';
import { debianRunbook, templateCluster, templateConventions } from '../test/crash/scenarios/templateCluster';
import { setRunbookStage } from '../test/e2e/support/runbookStage';
import { MiB } from './guests';

/** A template that was made at speed 1. */
export interface TemplateRun {
  /** From the moment the approval is sent to the report. */
  readonly seconds: number;
  /** Of all its tasks together, as the simulator ran them, one after the other. */
  readonly taskSeconds: number;
  /** From power on of the test clone until all in it runs: simulated, and no task. */
  readonly bootSeconds: number;
  readonly tasks: number;
  /** All of them, those of the plan included. */
  readonly requests: readonly RequestRecord[];
}

/** What a line of 100 Mbit/s carries. */
const downloadBytesPerSecond = 12 * MiB;

/** Makes the template debian-13 on one node by its shipped runbook: download of 400 MiB, import of 3 GiB, boot test. */
export async function benchTemplate(): Promise<TemplateRun> {
  const scenario = templateCluster(downloadBytesPerSecond);
  const stage = await setRunbookStage(scenario, templateConventions, { pollEveryMs: defaultPollEveryMs });
  const { control } = stage.lab.simulator;
  try {
    control.setSpeed(1);
    stage.write('debian-13', debianRunbook());
    const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
    await running.plan();
    const lasting = watchTasks(control);
    const beganAtMs = performance.now();
    await running.approved();
    const { outcome } = await running.report();
    const endedAtMs = performance.now();
    const seconds = lasting.stop();
    if (outcome !== 'done') throw new Error(`the template ended ${outcome}`);
    return {
      seconds: (endedAtMs - beganAtMs) / 1000,
      taskSeconds: seconds.reduce((sum, each) => sum + each, 0),
      bootSeconds: control.cluster.timings.bootSeconds,
      tasks: seconds.length,
      requests: control.requests(),
    };
  } finally {
    await stage.close();
  }
}

const lookEveryMs = 5;

/** How long each task lasts from when it is seen, simulated seconds: the times that Proxmox tells are whole seconds. */
function watchTasks({ cluster: { tasks, clock } }: SimulatorControl) {
  const begun = new Map<string, number>();
  const seconds: number[] = [];
  const timer = setInterval(() => {
    for (const { upid, finished } of tasks.all()) {
      if (begun.has(upid)) continue;
      const now = clock.now();
      begun.set(upid, now);
      void finished.then(() => seconds.push(clock.now() - now));
    }
  }, lookEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      return seconds;
    },
  };
}
