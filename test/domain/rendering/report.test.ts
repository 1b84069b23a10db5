import type { EvacuationReport } from '../../../src/domain/report';
import { reportMarkdown } from '../../../src/domain/rendering/reportMarkdown';
import { reportText } from '../../../src/domain/rendering/reportText';

const report: EvacuationReport = {
  operation: 'evacuateNode',
  outcome: 'incomplete',
  summary: '1 of 2 guests was moved; 1 stayed.',
  cluster: 'lab',
  node: 'pve01',
  workflowId: 'evacuate-node/lab/pve01',
  firstExecutionRunId: 'run',
  requestedBy: 'carl@desk',
  startedAt: '2026-11-25T16:00:00.000Z',
  endedAt: '2026-11-25T16:12:30.000Z',
  planHash: '0123456789abcdef'.repeat(4),
  guests: [
    {
      vmid: 101,
      name: 'web-1',
      kind: 'qemu',
      outcome: 'moved',
      from: 'pve01',
      now: 'pve02',
      mode: 'live',
      startedAt: '2026-11-25T16:01:00.000Z',
      endedAt: '2026-11-25T16:02:20.000Z',
      bytesCopied: 8 * 1024 ** 3,
      downtimeMs: 45,
      warnings: ['the task ended with: unexpected status'],
    },
    {
      vmid: 102,
      name: 'base',
      kind: 'qemu',
      outcome: 'stayed',
      from: 'pve01',
      now: 'pve01',
      reason: 'it is a template',
      remedy: 'move it by hand',
      warnings: [],
    },
  ],
  arrivals: [{ vmid: 200, name: 'late', kind: 'lxc' }],
  nodeIsEmpty: false,
  actions: [
    { message: 'approve', by: 'anna@desk', at: '2026-11-25T16:00:30Z', about: '0123456789ab', comment: 'go' },
  ],
  decisions: [
    {
      id: 'd1',
      kind: 'stepFailed',
      title: 'Move VM 101 (web-1) to pve02 failed',
      problem: { code: 'TaskFailed', attempted: 'a', failed: 'b', remedy: 'c' },
      seen: 'VM 101 runs on pve01',
      choices: ['retry', 'skip'],
      openedAt: '2026-11-25T16:01:30Z',
      answer: { choice: 'retry', by: 'bert@desk', at: '2026-11-25T16:01:40Z' },
    },
  ],
  warnings: ['TLS is not verified'],
  problem: {
    code: 'ProxmoxFailed',
    attempted: 'POST /nodes/pve01/qemu/102/migrate on pve01',
    failed: 'the cluster refused',
    proxmoxSaid: 'no\u001b[2Jquorum',
    status: 500,
    logTail: ['last line'],
    remedy: 'repair it',
  },
  wayBack: [{ vmid: 101, name: 'web-1', from: 'pve02', to: 'pve01', mode: 'live' }],
};

describe('a report as text', () => {
  const text = reportText(report);

  it('says for each guest where it is, and why it stayed', () => {
    expect(text).toMatch(/101 web-1 +moved +pve01 -> pve02 +live +1 min 20 s +8 GiB +45 ms/);
    expect(text).toMatch(/102 base +stayed +on pve01/);
    expect(text).toContain('    it is a template\n');
    expect(text).toContain('Remedy: move it by hand');
    expect(text).toContain('Warning: the task ended with: unexpected status');
  });

  it('names arrivals, decisions, who approved what and when, and the way back', () => {
    expect(text).toContain('200 late (lxc)');
    expect(text).toContain(
      'd1  Move VM 101 (web-1) to pve02 failed: retry by bert@desk at 2026-11-25 16:01:40 UTC',
    );
    expect(text).toContain('2026-11-25 16:00:30 UTC  approve 0123456789ab by anna@desk: "go"');
    expect(text).toContain('on pve02: qm migrate 101 pve01 --online --with-local-disks  # web-1');
    expect(text).toContain('evacuate-node/lab/pve01, asked for by carl@desk, 2026');
    expect(text).toContain('(12 min 30 s)');
  });

  it("shows a problem with Proxmox's own words and never a control character", () => {
    expect(text).toContain('Attempted: POST /nodes/pve01/qemu/102/migrate on pve01');
    expect(text).toContain('Failed:    the cluster refused (HTTP status 500) [ProxmoxFailed]\n');
    expect(text).toContain('Proxmox:   no [2Jquorum');
    expect(text).toContain('Next:      repair it\n');
    expect(text).toContain('  log | last line');
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('never calls a node empty that is not proven to be', () => {
    expect(text).toContain('pve01 is not proven empty.');
    expect(reportText({ ...report, nodeIsEmpty: true })).toContain('pve01 holds no guest any more');
  });
});

describe('a report as Markdown', () => {
  it('holds the guests as a table with their notes', () => {
    expect(reportMarkdown(report)).toContain(
      '| 102 base | stayed | on pve01 | - | - | - | - | it is a template Remedy: move it by hand |',
    );
  });

  it('leaves out sections that have nothing to say', () => {
    expect(reportMarkdown({ ...report, decisions: [], arrivals: [] })).not.toMatch(/## (Decisions|Arrived)/);
  });
});
