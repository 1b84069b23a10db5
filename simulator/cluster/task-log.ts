import type { Task } from '../tasks/task';
import type { ClusterState } from './state';

/** Process id of the daemon that starts tasks; only shown in the cluster log. */
const daemonPid = 1234;
/** Like the kilobytes that pmxcfs keeps of its log. */
const entriesKept = 500;
const priorities = { information: 6, error: 3 };

/** Notes the start and the end of a task in /cluster/log, as pvedaemon does (recording a1). */
export function logTask(cluster: ClusterState, task: Task): void {
  const { node, authId } = task.parts;
  const failed = !task.running && task.exitStatus !== 'OK';
  cluster.log.push({
    uid: (cluster.log.findLast((entry) => entry.node === node)?.uid ?? 0) + 1,
    node,
    time: cluster.clock.epochSeconds(),
    user: authId,
    tag: 'pvedaemon',
    priority: failed ? priorities.error : priorities.information,
    pid: daemonPid,
    message: task.running
      ? `starting task ${task.upid}`
      : `end task ${task.upid} ${failed ? (task.exitStatus ?? '') : 'OK'}`,
  });
  if (cluster.log.length > entriesKept) cluster.log.shift();
}
