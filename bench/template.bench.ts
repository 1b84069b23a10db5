import type { RequestRecord } from '../simulator';
import { defaultPollEveryMs } from '../src/proxmox/tasks/poller';
import { debianRunbook, templateCluster, templateConventions } from '../test/crash/scenarios/templateCluster';
import { setRunbookStage } from '../test/e2e/support/runbookStage';
import { unasked } from '../test/e2e/support/unasked';
import { MiB } from './guests';
import { secondsOf, watchTasks, type LastingTask } from './tasks';

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
  readonly build: BuildRun;
}

/** The build within it: from the moment the approval is sent to the first request of the boot test. */
export interface BuildRun {
  readonly seconds: number;
  readonly taskSeconds: number;
  readonly tasks: number;
  /** All of them, polls included. */
  readonly requests: number;
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
    await unasked(running, running.plan());
    const lasting = watchTasks(control);
    const beganAtMs = Date.now();
    await unasked(running, running.approved());
    const { outcome } = await unasked(running, running.report());
    const endedAtMs = Date.now();
    const tasks = lasting.stop();
    if (outcome !== 'done') throw new Error(`the template ended ${outcome}`);
    const requests = control.requests();
    return {
      seconds: (endedAtMs - beganAtMs) / 1000,
      taskSeconds: secondsOf(tasks),
      bootSeconds: control.cluster.timings.bootSeconds,
      tasks: tasks.length,
      requests,
      build: buildOf(beganAtMs, requests, tasks),
    };
  } finally {
    await stage.close();
  }
}

/** The boot test begins with the clone that it starts. */
function buildOf(
  beganAtMs: number,
  requests: readonly RequestRecord[],
  tasks: readonly LastingTask[],
): BuildRun {
  const bootTest = requests.find(({ method, path }) => method === 'POST' && path.endsWith('/clone'));
  if (bootTest === undefined) throw new Error('the template was made without a boot test');
  const ofBuild = tasks.slice(
    0,
    tasks.findIndex(({ type }) => type === 'qmclone'),
  );
  const during = requests.filter(
    ({ receivedAtMs }) => receivedAtMs >= beganAtMs && receivedAtMs < bootTest.receivedAtMs,
  );
  return {
    seconds: (bootTest.receivedAtMs - beganAtMs) / 1000,
    taskSeconds: secondsOf(ofBuild),
    tasks: ofBuild.length,
    requests: during.length,
  };
}
