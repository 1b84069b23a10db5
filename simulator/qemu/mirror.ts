import { agentAnswers } from '../cluster/boot';
import type { GuestState } from '../cluster/guests';
import type { VolumeState } from '../cluster/volumes';
import { bytesText } from '../storage/copy-progress';
import { isFlagOn } from './config-texts';
import type { Operation } from './operation';

/** How long a call to an agent that does not answer takes, in seconds (recording b5). */
const silentAgentSeconds = 3;

/** QEMU copies the drive of a running machine itself, at the speed of the node's disks (recordings b5, b6). */
export async function mirrorDrive(operation: Operation, key: string, source: VolumeState): Promise<void> {
  const { sizeBytes, usedBytes } = source;
  const seconds = usedBytes / operation.cluster.network.diskBytesPerSecond;
  const job = jobName(operation, key);
  operation.log(`drive mirror is starting for drive-${key}`);
  for (let passed = 0; passed < seconds; passed += 1) {
    const done = passed / seconds;
    const progress = `${bytesText(sizeBytes * done)} of ${bytesText(sizeBytes)} (${(100 * done).toFixed(2)}%)`;
    operation.log(`${job}: transferred ${progress} in ${passed}s`);
    await operation.sleep(Math.min(seconds - passed, 1));
  }
  const all = bytesText(sizeBytes);
  operation.log(`${job}: transferred ${all} of ${all} (100.00%) in ${Math.round(seconds)}s, ready`);
  operation.log("all 'mirror' jobs are ready");
}

/** The machine goes on with the copy: the end of a move. */
export function completeMirror(operation: Operation, key: string): void {
  const job = jobName(operation, key);
  operation.log(`${job}: Completing block job...`);
  operation.log(`${job}: Completed successfully.`);
  operation.log(`${job}: mirror-job finished`);
}

/** The machine goes on with its own drives, of which the copies are one moment's picture: the end of a clone. */
export async function cancelMirrors(
  operation: Operation,
  guest: GuestState,
  keys: readonly string[],
): Promise<void> {
  const frozen = await freeze(operation, guest);
  operation.log(frozen ? "issuing guest-agent 'fs-freeze' command" : 'suspend vm');
  const jobs = keys.map((key) => jobName(operation, key));
  for (const job of jobs) operation.log(`${job}: Cancelling block job`);
  for (const job of jobs) operation.log(`${job}: Done.`);
  operation.log(frozen ? "issuing guest-agent 'fs-thaw' command" : 'resume vm');
}

/** True if an agent freezes the file systems; says so where one is configured and silent. */
async function freeze(operation: Operation, guest: GuestState): Promise<boolean> {
  const { vmid, config } = guest;
  if (!isFlagOn(config.get('agent'))) return false;
  if (agentAnswers(operation.cluster, guest)) return true;
  await operation.sleep(silentAgentSeconds);
  operation.log(
    operation.cluster.version.major === 9
      ? 'skipping guest filesystem freeze - agent configured but not running?'
      : `QEMU Guest Agent is not running - VM ${vmid} qmp command 'guest-ping' failed - got timeout`,
  );
  return false;
}

function jobName({ cluster }: Operation, key: string): string {
  return `${cluster.version.major === 9 ? 'mirror' : 'drive'}-${key}`;
}
