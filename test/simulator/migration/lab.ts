import { startSimulator, type ScenarioInput, type Simulator } from '../../../simulator';
import type { Task } from '../../../simulator/tasks/task';
import { send, type RawAnswer } from '../client';

const gibibyte = 1024 ** 3;

/** Three nodes, thin and shared storage, rates that make times easy to foretell. */
export function labScenario(changes: Partial<ScenarioInput> = {}): ScenarioInput {
  return {
    nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03' }],
    storages: [
      { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
      { id: 'local', type: 'dir', content: ['images', 'iso', 'import'], path: '/var/lib/vz' },
      { id: 'shared', type: 'nfs', content: ['images', 'iso'] },
    ],
    network: { link: '1G', stream: '512M', disk: '256M' },
    timings: { migration_setup: 3, migration_teardown: 3 },
    access: {
      users: [
        { id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] },
        { id: 'low@pve', tokens: [{ id: 'test', secret: 'low' }] },
      ],
      acl: [{ path: '/', user: 'admin@pve', role: 'Administrator' }],
    },
    ...changes,
  };
}

/** A running guest with 4 GiB of used memory and a disk on shared storage, unless changed. */
export function guest(
  vmid: number,
  changes: Partial<NonNullable<ScenarioInput['guests']>[number]> = {},
): NonNullable<ScenarioInput['guests']>[number] {
  return {
    vmid,
    node: 'pve01',
    name: `vm${vmid}`,
    status: 'running',
    memory_used: 4 * gibibyte,
    ...changes,
    config: { memory: 8192, scsi0: `shared:${vmid}/vm-${vmid}-disk-0.qcow2,size=8G`, ...changes.config },
  };
}

/** A simulator for one test file and what its tests do with it. */
export class Lab {
  constructor(readonly simulator: Simulator) {}

  static async start(scenario: ScenarioInput, speed = 100): Promise<Lab> {
    return new Lab(await startSimulator({ scenario, speed }));
  }

  get control(): Simulator['control'] {
    return this.simulator.control;
  }

  get cluster(): Simulator['control']['cluster'] {
    return this.simulator.control.cluster;
  }

  post(vmid: number, form: Record<string, string>, node = 'pve01'): Promise<RawAnswer> {
    return send(this.simulator, { method: 'POST', path: `/nodes/${node}/qemu/${vmid}/migrate`, form });
  }

  preconditions(vmid: number, node = 'pve01'): Promise<RawAnswer> {
    return send(this.simulator, { path: `/nodes/${node}/qemu/${vmid}/migrate` });
  }

  /** Starts a migration that must be accepted; the running task. */
  async begin(vmid: number, form: Record<string, string>, node = 'pve01'): Promise<Task> {
    const answer = await this.post(vmid, form, node);
    const upid = dataOf(answer);
    if (typeof upid !== 'string') throw new Error(`not accepted: ${answer.status} ${answer.text}`);
    const task = this.cluster.tasks.find(upid, node);
    if (task === undefined) throw new Error(`no task ${upid}`);
    return task;
  }

  /** The same, to its end. */
  async migrate(vmid: number, form: Record<string, string>, node = 'pve01'): Promise<Task> {
    const task = await this.begin(vmid, form, node);
    await task.finished;
    return task;
  }

  async abort(task: Task): Promise<void> {
    const path = `/nodes/${task.parts.node}/tasks/${task.upid}`;
    await send(this.simulator, { method: 'DELETE', path });
  }

  /** Waits until the task's log has a line that fits. */
  async untilLogged(task: Task, pattern: RegExp): Promise<void> {
    await this.control.waitFor(() => task.lines.some((line) => pattern.test(line)), String(pattern));
  }
}

/** The member `data` of an answer. */
export function dataOf({ json }: RawAnswer): unknown {
  return typeof json === 'object' && json !== null && 'data' in json ? json.data : undefined;
}

/** Log lines without their times. */
export function textsOf({ lines }: Task): string[] {
  return lines.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, ''));
}
