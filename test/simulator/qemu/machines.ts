import { z } from 'zod';
import { startSimulator, type ScenarioInput, type Simulator } from '../../../simulator';
import type { Task } from '../../../simulator/tasks/task';
import { send, type TestRequest } from '../client';

const bodySchema = z.object({ data: z.unknown(), errors: z.unknown() }).partial();

const ticketSchema = z.object({ ticket: z.string(), CSRFPreventionToken: z.string() });

const rootPassword = 'root-of-the-test';
const gibibyte = 1024 ** 3;

/** Two nodes with a storage of each kind that names its volumes its own way, and some machines. */
export function machinesScenario(more: Partial<ScenarioInput> = {}): ScenarioInput {
  return {
    nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03' }],
    storages: [
      { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'], size: 200 * gibibyte },
      {
        id: 'local',
        type: 'dir',
        content: ['iso', 'import', 'snippets'],
        path: '/var/lib/vz',
        size: 50 * gibibyte,
      },
      { id: 'files', type: 'dir', content: ['images'], path: '/srv/files', size: 200 * gibibyte },
      { id: 'shared', type: 'nfs', content: ['images'], path: '/mnt/pve/shared', size: 200 * gibibyte },
    ],
    guests: [
      { vmid: 100, node: 'pve01', name: 'web', status: 'running', config: { memory: 1024, cores: 2 } },
      { vmid: 101, node: 'pve01', name: 'db', config: { scsi0: 'local-lvm:vm-101-disk-0,size=8G' } },
    ],
    volumes: [
      { volid: 'local:iso/debian.iso', node: 'pve01', content: 'iso', format: 'iso', size: 358_400 },
      {
        volid: 'local:import/cloud.qcow2',
        node: 'pve01',
        content: 'import',
        format: 'qcow2',
        size: 20 * 1024 ** 2,
        virtual_size: 2 * gibibyte,
      },
    ],
    access: {
      root_password: rootPassword,
      users: [
        { id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] },
        { id: 'low@pve', tokens: [{ id: 'test', secret: 'low' }] },
      ],
      acl: [
        { path: '/', user: 'admin@pve', role: 'Administrator' },
        { path: '/vms', user: 'low@pve', role: 'PVEVMUser' },
      ],
    },
    ...more,
  };
}

/** Any text of this form, inside of a value that is compared. */
export function like(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

/** A simulator with what tests of machines ask again and again. */
export class Machines {
  private constructor(readonly simulator: Simulator) {}

  static async start(scenario = machinesScenario(), speed = 100): Promise<Machines> {
    return new Machines(await startSimulator({ scenario, speed }));
  }

  get control(): Simulator['control'] {
    return this.simulator.control;
  }

  /** The answer's `data`, or its reason where it is not 200. */
  async ask(request: TestRequest): Promise<unknown> {
    const answer = await send(this.simulator, request);
    if (answer.status !== 200) return answer.reason;
    return bodySchema.parse(answer.json).data;
  }

  get(path: string): Promise<unknown> {
    return this.ask({ path });
  }

  put(path: string, form: Record<string, string>): Promise<unknown> {
    return this.ask({ method: 'PUT', path, form });
  }

  /** The texts of a 400, or nothing. */
  async errorsOf(request: TestRequest): Promise<unknown> {
    const answer = await send(this.simulator, request);
    return bodySchema.parse(answer.json).errors;
  }

  /** Starts a task. */
  async begin(request: TestRequest): Promise<Task> {
    const upid = String(await this.ask({ method: 'POST', ...request }));
    const node = upid.split(':')[1] ?? '';
    const task = this.control.cluster.tasks.find(upid, node);
    if (task === undefined) throw new Error(`no task: ${upid}`);
    return task;
  }

  /** Runs a task to its end: its exit status and its log. */
  async run(
    request: TestRequest,
  ): Promise<{ readonly exitStatus: string | undefined; readonly log: readonly string[] }> {
    const task = await this.begin(request);
    await task.finished;
    return { exitStatus: task.exitStatus, log: task.lines };
  }

  async config(vmid: number, query = ''): Promise<Record<string, unknown>> {
    const config = await this.get(`/nodes/pve01/qemu/${vmid}/config${query}`);
    return typeof config === 'object' ? { ...config } : { refused: config };
  }

  /** What proves to be root@pam with a password: a token of root's is not root. */
  async rootHeaders(): Promise<Record<string, string>> {
    const form = { username: 'root@pam', password: rootPassword };
    const answer = await this.ask({ method: 'POST', path: '/access/ticket', form, authorization: null });
    const { ticket, CSRFPreventionToken } = ticketSchema.parse(answer);
    return { Cookie: `PVEAuthCookie=${ticket}`, CSRFPreventionToken };
  }

  /** Volume ids on a storage as the first node sees it. */
  async volumes(storage: string): Promise<string[]> {
    const rows = await this.get(`/nodes/pve01/storage/${storage}/content`);
    return z
      .array(z.object({ volid: z.string() }))
      .parse(rows)
      .map(({ volid }) => volid);
  }
}
