import { templateWorkflowId, workflowTypes } from '../../../src/domain/names';
import { isChange } from '../calls';
import { withTokenAndRoot } from '../equipment/withToken';
import { startedAs } from './begin';
import type { CrashScenario } from './scenario';
import { debianRunbook, templateCluster, templateConventions } from './templateCluster';
import { clusterProblems, reportProblems } from './templateJudge';
import { taskProblems } from './templateTasks';

/** A template of debian-13: built on one node, boot-tested, copied to the other one, brought into force. */
export const template: CrashScenario = {
  name: 'template',
  title:
    'createTemplate on Proxmox VE 9: debian-13 built on pve01 by the shipped runbook, a clone of it booted, a copy for pve02 moved there',
  cluster: templateCluster(),
  speed: 20,
  equip: withTokenAndRoot(templateConventions, { 'runbooks/debian-13.md': debianRunbook() }),
  begin: startedAs(workflowTypes.createTemplate, { runbook: 'debian-13', requestedBy: 'crash matrix' }),
  workflowId: (cluster) => templateWorkflowId(cluster, 'debian-13'),
  spread: { standby: 5, temporal: 5 },
  // A read changes nothing, whether it was executed or not: it is tried where its answer gets lost.
  momentsOf: (call) => (isChange(call) ? ['request', 'answer', 'record', 'freeze'] : ['answer']),
  // Its activities run one after the other: the one that is at work makes the call.
  makes: () => true,
  referenceProblems: (control) => [...clusterProblems(control), ...taskProblems(control)],
  problems: (control, result) => [
    ...reportProblems(control, result),
    ...clusterProblems(control),
    ...taskProblems(control, result),
  ],
  subset: [
    { call: 'POST /nodes/pve01/qemu #1', moments: ['request', 'answer'] },
    { call: 'POST /nodes/pve01/qemu/900/template #1', moments: ['answer'] },
    { call: 'POST /nodes/pve01/qemu/900/clone #1', moments: ['record', 'freeze'] },
    { call: 'DELETE /nodes/pve01/qemu/1000 #1', moments: ['answer'] },
  ],
};
