import { z } from 'zod';
import { evacuationWorkflowId, workflowTypes } from '../../../src/domain/names';
import { localGuest, sharedGuest, smallCluster } from '../../e2e/support/scenario';
import type { Call } from '../calls';
import { withToken } from '../equipment/withToken';
import { migrationsBegun } from '../migrations';
import { startedAs } from './begin';
import type { CrashScenario, ScheduledActivity } from './scenario';

const source = 'pve01';
const gibibyte = 1024 ** 3;

/**
 * 101 and 104 move for 25 s and 13 s of real time: a dead worker's activities are given to another one after 10 s,
 * so that tasks are adopted while they run, and not only those that ended meanwhile.
 */
const longest = sharedGuest(101, {
  config: { memory: 16384, cores: 1, scsi0: 'nfs:101/vm-101-disk-0.qcow2,size=4G' },
});
const guests = [longest, sharedGuest(102), sharedGuest(103, { status: 'stopped' }), localGuest(104)];

/** Four guests: two move at once, one is stopped, one has a local disk. */
export const evacuate: CrashScenario = {
  name: 'evacuate',
  title: 'evacuateNode: four guests, two lanes; 103 is stopped, 104 has a local disk',
  cluster: smallCluster('9', guests, {
    network: { link: gibibyte, stream: 32 * 1024 ** 2, disk: 8 * 1024 ** 2 },
  }),
  speed: 20,
  equip: withToken('migration:\n  concurrency: 2\n'),
  begin: startedAs(workflowTypes.evacuateNode, { node: source, requestedBy: 'crash matrix' }),
  workflowId: (cluster) => evacuationWorkflowId(cluster, source),
  spread: { standby: 10, temporal: 10 },
  momentsOf: ({ method }) => [
    'request',
    'answer',
    'record',
    'freeze',
    ...(method === 'POST' ? (['window'] as const) : []),
  ],
  makes,
  referenceProblems(control) {
    const migrations = control.cluster.tasks.all().filter(({ parts }) => parts.type === 'qmigrate');
    const [first, second] = migrations;
    const together = (first?.endTime ?? 0) > (second?.parts.starttime ?? Infinity);
    return [
      ...(migrations.length === guests.length ? [] : [`${migrations.length} migrations were begun`]),
      ...(together ? [] : ['no two guests moved at once']),
    ];
  },
  problems(control, result) {
    const report = reportSchema.safeParse(result);
    if (!report.success) return ['the workflow returned no report'];
    const { outcome, nodeIsEmpty, guests: told } = report.data;
    const untrue = control.guests().filter((guest) => {
      const entry = told.find(({ vmid }) => vmid === guest.vmid);
      return entry?.outcome !== 'moved' || entry.now !== guest.node || migrationsBegun(control, guest) !== 1;
    });
    return [
      ...(outcome === 'done' && nodeIsEmpty ? [] : [`the report says ${outcome}, empty: ${nodeIsEmpty}`]),
      ...untrue.map(({ vmid, node }) => `the report is not true of guest ${vmid}, which is on ${node}`),
      ...(told.length === guests.length ? [] : [`the report names ${told.length} guests`]),
    ];
  },
  subset: [
    { call: 'GET /cluster/resources #1', moments: ['answer'] },
    { call: 'GET /cluster/resources #2', moments: ['request'] },
    {
      call: 'POST /nodes/pve01/qemu/104/migrate #1',
      moments: ['request', 'answer', 'record', 'freeze', 'standby', 'temporal'],
    },
    { call: 'POST /nodes/pve01/qemu/101/migrate #1', moments: ['freeze', 'window'] },
    { call: 'POST /nodes/pve01/qemu/103/migrate #1', moments: ['record'] },
    { call: 'GET /nodes/pve01/tasks/UPID:pve01:*:qmigrate:101:*/log #1', moments: ['answer'] },
    { call: 'GET /nodes/pve03/qemu/102/status/current #1', moments: ['request'] },
    { call: 'GET /nodes/pve01/lxc #3', moments: ['record'] },
  ],
};

const reportSchema = z.looseObject({
  outcome: z.string(),
  nodeIsEmpty: z.boolean(),
  guests: z.array(z.looseObject({ vmid: z.number(), outcome: z.string(), now: z.string().optional() })),
});

const aboutGuest = z.looseObject({ move: z.looseObject({ vmid: z.number() }) });
const waits = new Set(['copyEnding', 'awaitMigration']);

/** Waits make the calls about tasks, all others the rest; who is about one guest makes no call about another. */
function makes({ type, input }: ScheduledActivity, { path }: Call): boolean {
  if (waits.has(type) !== path.includes('/tasks/UPID:')) return false;
  const vmid = /(?:\/qemu\/|:qmigrate:)(\d+)/.exec(path)?.[1];
  const about = aboutGuest.safeParse(JSON.parse(input));
  return vmid === undefined || !about.success || about.data.move.vmid === Number(vmid);
}
