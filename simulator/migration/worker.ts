import { errorText, fail } from '../http/errors';
import { guestLockFile } from '../tasks/locks';
import { cleanUpPhase1, cleanUpPhase2 } from './cleanup';
import { finish } from './finish';
import { migrateMemory } from './memory';
import { mirrorDisks } from './mirror';
import { prepare } from './prepare';
import type { MigrationRun } from './run';
import { scanVolumes, type ScannedVolumes } from './scan';
import { copyByStorage } from './storage-copy';
import { startOnTarget } from './target-start';

/** First line of a live migration of 9 without its option (observed in 9: POST migrate). */
const conntrackLine =
  'conntrack state migration not supported or disabled, active connections might get dropped';

/** The worker of a qmigrate task. Ends with "migration aborted" or "migration problems" where it fails (behaviour.md 8.2). */
export async function migrate(run: MigrationRun): Promise<void> {
  const { cluster, worker, source, vmid } = run;
  if (run.options.startedByHa) worker.log('task started by HA resource agent');
  const files = [`/var/lock/pve-manager/pve-migrate-${vmid}`, guestLockFile('qemu', vmid)] as const;
  await cluster.locks.hold(source.name, files[0], { worker }, () =>
    cluster.locks.hold(source.name, files[1], { worker }, () => underLocks(run)),
  );
}

/** Only here a migration begins: a second task waits for the first one's lock in vain, and has changed nothing. */
async function underLocks(run: MigrationRun): Promise<void> {
  run.guest.migrationsStarted += 1;
  if (run.live && run.cluster.version.major === 9 && !run.options.conntrackState) run.log(conntrackLine);
  const scanned = await beforeTheStart(run);
  if (run.live) await whileItRuns(run, scanned);
  await ending(run, scanned);
  if (run.hasProblems) problems(run);
  run.log(`migration finished successfully (duration ${run.duration()})`);
}

/** Checks, lock, volumes that are copied by the storages. A failure changes nothing. */
async function beforeTheStart(run: MigrationRun): Promise<ScannedVolumes> {
  const { cluster, guest, vmid, target } = run;
  const seconds = cluster.timings.migrationSetupSeconds / 3;
  await prepare(run, seconds).catch((error: unknown) => aborted(run, error));
  run.log(`starting migration of VM ${vmid} to node '${target.name}' (${target.ip})`);
  try {
    run.requireWritableConfig();
    guest.config.set('lock', 'migrate');
    const scanned = scanVolumes(run);
    await copyByStorage(run, scanned.byStorage);
    return scanned;
  } catch (error) {
    run.log(`ERROR: ${errorText(error)}`);
    await run.worker.delayingInterrupts(() => cleanUpPhase1(run));
    return aborted(run, error);
  }
}

/** The machine is started on the target, disks and memory follow. A failure leaves it running on the source. */
async function whileItRuns(run: MigrationRun, { byMirror }: ScannedVolumes): Promise<void> {
  const seconds = run.cluster.timings.migrationSetupSeconds / 3;
  try {
    await startOnTarget(run, byMirror, seconds);
    run.log('start remote tunnel');
    await run.sleep(seconds);
    await run.untilTargetReachable();
    run.log('ssh tunnel ver 1');
    await mirrorDisks(run, byMirror);
    await migrateMemory(run);
  } catch (error) {
    run.log(`ERROR: online migrate failure - ${errorText(error)}`);
    await run.worker.delayingInterrupts(() => cleanUpPhase2(run));
    problems(run);
  }
}

async function ending(run: MigrationRun, { byMirror }: ScannedVolumes): Promise<void> {
  const seconds = run.cluster.timings.migrationTeardownSeconds;
  try {
    await finish(run, byMirror, run.live ? seconds : seconds / 3);
  } catch (error) {
    run.log(`ERROR: ${errorText(error)}`);
    problems(run);
  }
}

function aborted(run: MigrationRun, error: unknown): never {
  run.log(`ERROR: migration aborted (duration ${run.duration()}): ${errorText(error)}`);
  return fail('migration aborted');
}

function problems(run: MigrationRun): never {
  run.log(`ERROR: migration finished with problems (duration ${run.duration()})`);
  return fail('migration problems');
}
