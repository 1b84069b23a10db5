import { anyPlanMarkdown } from '../../../src/domain/rendering/anyPlanMarkdown';
import { anyReportMarkdown, anyReportText } from '../../../src/domain/rendering/anyReport';
import { clusterMarkdown } from '../../../src/domain/rendering/clusterMarkdown';
import { clusterPlanMarkdown } from '../../../src/domain/rendering/clusterPlanMarkdown';
import { webUiBytes } from '../../../src/domain/rendering/planTable';
import { utf8Length } from '../../../src/domain/rendering/text';
import { input, planOf, profile, record, role, workers } from '../../planning/cluster/given';
import { clusterReport } from './clusterGiven';

const id = 'change-cluster/home/lab';

describe('the plan of a cluster as Markdown', () => {
  it('says which machine is made where, of what, how large, and what that takes', () => {
    const text = clusterPlanMarkdown(planOf(input({ action: 'create' })), id);
    expect(text).toMatch(/^\*\*Plan [0-9a-f]{12}\*\*: create the cluster lab \(Proxmox cluster home\)/);
    expect(text).toContain('3 machines made. Clones take about ');
    expect(text).toContain(
      '| made | lab-worker-1 | 2001 | pve01 | linked clone of VM 101; 2 cores, 4 GiB; DHCP (BC:24:11:',
    );
  });

  it('names what goes with its volumes, and says what can be brought back', () => {
    const gone = clusterPlanMarkdown(
      planOf(input({ action: 'destroy', now: true }, { members: workers })),
      id,
    );
    expect(gone).toContain('3 machines deleted.');
    expect(gone).toMatch(
      /\| DELETED \| lab-worker-3 \| 1003 \| pve03 \| uuid 00000000, runs; local-lvm:vm-1003-/,
    );
    const aside = clusterPlanMarkdown(planOf(input({ action: 'destroy' }, { members: workers })), id);
    expect(aside).toContain('They can be brought back for 24 h 00 min');
    expect(aside).toContain('what has not within 3 min 00 s is asked about');
  });

  it('stays within what the Web UI shows, the rest counted', () => {
    const plan = planOf(
      input(
        { action: 'create' },
        { profile: profile({ roles: [role('worker', 40, { memoryBytes: 2 ** 30 })] }) },
      ),
    );
    const warnings = Array.from({ length: 20 }, (_, index) => `${index} ${'ü'.repeat(300)}`);
    const text = clusterPlanMarkdown({ ...plan, warnings }, id);
    expect(utf8Length(text)).toBeLessThanOrEqual(webUiBytes);
    expect(text).toMatch(/\.\.\. and \d+ more\. All of them: `pxm watch change-cluster\/home\/lab`/);
    expect(anyPlanMarkdown(plan, id)).toContain('lab-worker-40');
  });
});

test('the workflow that keeps a cluster shows its machines, its times and what is under way', () => {
  const text = clusterMarkdown({
    ...{ cluster: 'home', profile: 'lab', record: record(workers, { endsAt: '2026-12-01T00:00:00.000Z' }) },
    operation: { action: 'scale', workflowId: id, since: '2026-11-26T12:00:00.000Z' },
    last: { action: 'create', outcome: 'done', summary: 'All is done.', endedAt: '2026-11-26T11:00:00.000Z' },
    notice: 'Look here.',
  });
  expect(text).toContain('**Cluster lab**: 3 ready.');
  expect(text).toContain('**Look here.**');
  expect(text).toContain('`pxm watch change-cluster/home/lab`');
  expect(text).toContain('| lab-worker-1 | worker | 1001 | pve01 |  | ready |');
  expect(text).toContain('To be set aside at 2026-12-01 00:00:00 UTC.');
});

test('the report names every machine with what became of it, and who the members are now', () => {
  const text = anyReportText(clusterReport());
  expect(text).toContain('Cluster lab: create (Proxmox cluster home): incomplete');
  expect(text).toContain('lab-worker-1 (VM 1001 on pve01): ready');
  expect(text).toContain('lab-worker-2 (VM 1002 on pve02): not ready, left as it is: it did not start');
  expect(text).toMatch(
    /^ {2}lab-worker-3 {2}VM 1003 on pve03 {2}ready {2}uuid 00000000-0000-4000-8000-000000001003$/m,
  );
  expect(anyReportMarkdown(clusterReport())).toContain('## Members now');
});

test('the report names the files in which it was saved what etcd held', () => {
  const step = {
    id: 'snapshot',
    title: 'Save what etcd holds before the cluster goes',
    kind: 'change',
    outcome: 'done',
    captures: { path: '/state/clusters/lab/snapshots/destroy.db' },
    warnings: [],
  } as const;
  const unlist = {
    ...step,
    id: 'unlist-lab-cp-3',
    captures: { former: ['1'], saved: { path: '/state/clusters/lab/snapshots/former.db' } },
  } as const;
  const text = anyReportText({ ...clusterReport(), steps: [step, unlist] });
  expect(text).toMatch(
    /What etcd held is saved in\n {2}\/state\S+\/destroy\.db\n {2}\/state\S+\/former\.db\n/,
  );
});
