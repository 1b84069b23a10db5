import type { ScenarioInput } from '../../../simulator';
import type { ActivityAttempt } from '../../../src/activities/shared/attempt';
import { bootCheck } from '../../../src/activities/template/steps/bootCheck';
import { bringIntoForce } from '../../../src/activities/template/steps/bringIntoForce';
import { cloneForCopy, moveCopy } from '../../../src/activities/template/steps/copy';
import { destroyGuest, lookForDestruction, stopGuest } from '../../../src/activities/template/steps/destroy';
import { finishCopy } from '../../../src/activities/template/steps/finish';
import { buildsPool, cloneForTest, startTestClone } from '../../../src/activities/template/steps/testClone';
import type { GuestIdentity, TaskBegun } from '../../../src/domain/template/step';
import type { BootReadiness } from '../../../src/domain/templatePlan';
import { parseUpid } from '../../../src/domain/upid';
import { frameOf } from '../../../src/planning/rules/templateFrame';
import { printMarker } from '../../../src/planning/template/marker';
import { markerFor } from '../../../src/planning/template/markerFor';
import { taskStatus } from '../../../src/proxmox/api/tasks';
import { labWith, machine } from '../inspection/lab';
import { debian, templateLab, type TemplateLab } from './lab';

const pools: ScenarioInput['pools'] = [{ id: buildsPool }];

/** An attempt that is the only one. */
export const attempt: ActivityAttempt = {
  signal: new AbortController().signal,
  isFirst: true,
  remembered: undefined,
  tell: () => undefined,
  tellNow: () => undefined,
  tellForSure: () => Promise.resolve(),
  requireAlive: () => undefined,
};

/** A lab with an approved plan for pve01, and the steps on it. */
export async function stepStage(clean: (undo: () => unknown) => void, more: Partial<ScenarioInput> = {}) {
  const lab = await templateLab(clean, { pools, ...more });
  const plan = frameOf((await lab.plan({ nodes: ['pve01'] })).plan);
  const input = { plan, holder: debian, node: 'pve01', vmid: 100, settledTasks: [] as readonly string[] };
  const quarantined: number[] = [];
  const slots: string[] = [];
  const ledger = {
    takeCloneSlot: ({ purpose, kind }: { readonly purpose: string; readonly kind: string }) => {
      slots.push(`${kind} ${purpose}`);
      return Promise.resolve({ granted: true as const });
    },
    giveCloneSlotBack: (_holder: object, purpose: string) =>
      Promise.resolve(void slots.push(`back ${purpose}`)),
    quarantineVmid: (_holder: object, vmid: number) => Promise.resolve(void quarantined.push(vmid)),
  };
  const { client } = lab;
  const steps = {
    finish: (settledTasks: readonly string[] = []) => finishCopy(client, attempt, { ...input, settledTasks }),
    clone: (settledTasks: readonly string[] = []) =>
      cloneForTest(client, ledger, attempt, { ...input, settledTasks }),
    start: () => startTestClone(client, ledger, attempt, input),
    copy: (settledTasks: readonly string[] = []) =>
      cloneForCopy(client, ledger, attempt, { ...input, node: 'pve02', vmid: 101, settledTasks }),
    move: () => moveCopy(client, ledger, attempt, { ...input, node: 'pve02', vmid: 101 }),
    finishMoved: () => finishCopy(client, attempt, { ...input, node: 'pve02', vmid: 101 }),
    boot: (readiness: BootReadiness = 'agent', talosPort = 1) =>
      bootCheck(
        client,
        attempt,
        { ...input, plan: { ...plan, bootTest: { vmid: 1000, node: 'pve01', readiness } } },
        { patienceMs: 3_000, settleMs: 500, everyMs: 20, talosPort },
      ),
    force: () => bringIntoForce(client, attempt, input),
    stop: (identity: GuestIdentity) =>
      stopGuest(client, attempt, { holder: debian, identity, settledTasks: [] }),
    destroy: (identity: GuestIdentity, settledTasks: readonly string[] = []) =>
      destroyGuest(client, ledger, attempt, { holder: debian, identity, settledTasks }),
    destroyFirst: (identity: GuestIdentity) =>
      destroyGuest(client, ledger, attempt, { holder: debian, identity, settledTasks: [], isFirst: true }),
    lookFor: (identity: GuestIdentity) =>
      lookForDestruction(client, attempt, { holder: debian, identity, settledTasks: [] }),
  };
  /** What the runbook's steps would have made. */
  const make = (config: object = {}) => {
    const { guests = [] } = labWith({ guests: [machine(100, {}, false)] });
    const [plain] = guests;
    if (plain === undefined) throw new Error('the lab has no guest');
    const description = printMarker(markerFor(plan, debian, { kind: 'template', vmid: 100 }));
    lab.simulator.control.addGuest({
      ...plain,
      name: plan.buildName,
      config: {
        ...plain.config,
        scsi0: 'local-lvm:vm-100-disk-0,size=3G',
        efidisk0: 'local-lvm:vm-100-disk-1,size=4M',
        description,
        ...config,
      },
    });
  };
  const replan = async () => (await lab.plan()).plan;
  return { ...lab, plan, input, steps, make, slots, quarantined, replan };
}

type Stage = Awaited<ReturnType<typeof stepStage>>;

/** Waits for the task of a step; its exit status. */
export async function ended(
  { client, simulator }: Pick<TemplateLab, 'client' | 'simulator'>,
  begun: TaskBegun,
): Promise<string | undefined> {
  if (begun.kind === 'done') return 'done';
  const upid = parseUpid(begun.upid);
  const isOver = () => simulator.control.runningTasks({ upid: upid.text }).length === 0;
  await simulator.control.waitFor(() => (isOver() ? true : undefined), `the end of ${upid.text}`);
  return (await taskStatus(client, upid)).exitStatus;
}

/** Up to the template of the first copy. */
export async function built(it: Stage, config: object = {}): Promise<void> {
  it.make(config);
  expect(await ended(it, await it.steps.finish())).toBe('OK');
}
