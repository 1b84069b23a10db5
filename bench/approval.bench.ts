import type { RequestRecord } from '../simulator';
import type { PlannedMove } from '../src/domain/evacuationPlan';
import { defaultPollEveryMs } from '../src/proxmox/tasks/poller';
import { setStage } from '../test/e2e/support/stage';
import { localGuest, sharedGuest, smallCluster } from '../test/e2e/support/scenario';
import { unasked } from '../test/e2e/support/unasked';
import { firstChangeAtMs } from './requests';

/** A small evacuation with local disks: its start at speed 1, its requests to the end. */
export interface ApprovalRun {
  readonly moves: readonly PlannedMove[];
  readonly requests: readonly RequestRecord[];
  /** From the moment the approval was sent to the arrival of the first changing request, real seconds. */
  readonly approvalSeconds: number;
}

/** After the start nothing is measured in time any more. */
const speedAfterwards = 20;

/** Guests without local disks, with one local storage, and with disks on two. */
const guests = [
  sharedGuest(101),
  sharedGuest(102),
  localGuest(103),
  localGuest(104),
  ...[105, 106].map((vmid) =>
    localGuest(vmid, {
      config: {
        memory: 1024,
        cores: 1,
        scsi0: `local-lvm:vm-${vmid}-disk-0,size=2G`,
        scsi1: `fast:vm-${vmid}-disk-0,size=1G`,
      },
    }),
  ),
];

/** Evacuates six guests; until the first of them starts, simulated time is real time. */
export async function benchApproval(): Promise<ApprovalRun> {
  const cluster = smallCluster('9', guests);
  const fast = { id: 'fast', type: 'lvmthin', content: ['images'] };
  const scenario = { ...cluster, storages: [...(cluster.storages ?? []), fast] };
  const stage = await setStage({ scenario, speed: 1, pollEveryMs: defaultPollEveryMs });
  const { control } = stage.simulator;
  try {
    const evacuation = await stage.evacuate({ node: 'pve01' });
    const plan = await unasked(evacuation, evacuation.plan());
    const approvedAtMs = Date.now();
    await evacuation.approve(plan);
    const begun = evacuation.until('the first migration', ({ steps }) =>
      steps.some((step) => step.upid !== undefined),
    );
    await unasked(evacuation, begun);
    control.setSpeed(speedAfterwards);
    const report = await unasked(evacuation, evacuation.report());
    if (report.outcome !== 'done') throw new Error(`the small evacuation ended ${report.outcome}`);
    const requests = control.requests();
    return {
      moves: plan.moves,
      requests,
      approvalSeconds: (firstChangeAtMs(requests) - approvedAtMs) / 1000,
    };
  } finally {
    await stage.close();
  }
}
