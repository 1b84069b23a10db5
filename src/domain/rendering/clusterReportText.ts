import type { ClusterMember } from '../cluster/member';
import type { ClusterReport, MachineOutcome } from '../cluster/report';
import { valueAt } from '../runbook/values';
import { commonParts, reportMarkdown, reportText, type ReportPart } from './reportOfParts';
import { formatTime } from './sizes';
import { stepOutcomeLines } from './stepOutcomeLines';
import { printable } from './text';

/** With more steps only those that went otherwise are written out: two hundred machines have two thousand. */
const shownSteps = 60;

function parts(report: ClusterReport): readonly ReportPart[] {
  const { asideUntil, endsAt } = report;
  return [
    { title: 'Machines', lines: report.machines.map(machineLine) },
    { title: 'Members now', lines: report.members.map(memberLine) },
    {
      title: 'Times',
      lines: [
        ...(endsAt === undefined
          ? []
          : [`To be set aside at ${formatTime(endsAt)}, unless it is extended; that needs an approval.`]),
        ...(asideUntil === undefined
          ? []
          : [
              `What is set aside can be brought back until ${formatTime(asideUntil)}: pxm cluster undo ${report.profile}`,
            ]),
      ],
    },
    { title: 'What etcd held is saved in', lines: report.steps.flatMap(snapshotFiles) },
    stepsPart(report),
    ...commonParts(report),
  ];
}

/** The report of a change of a cluster as plain text, without colours or control characters. */
export function clusterReportText(report: ClusterReport): string {
  return reportText(title(report), report, parts(report));
}

/** The report of a change of a cluster as Markdown. */
export function clusterReportMarkdown(report: ClusterReport): string {
  return reportMarkdown(title(report), report, parts(report));
}

function title({ action, profile, cluster, outcome }: ClusterReport): string {
  return `Cluster ${printable(profile)}: ${action} (Proxmox cluster ${printable(cluster)}): ${outcome}`;
}

const outcomes: Readonly<Record<MachineOutcome['outcome'], string>> = {
  ready: 'ready',
  made: 'made, but NOT ready',
  parked: 'not ready, left as it is',
  notMade: 'not made',
  aside: 'set aside',
  deleted: 'deleted',
  disksLeft: 'deleted, but DISKS of it are STILL THERE',
  revived: 'brought back',
  adopted: 'adopted',
  kept: 'KEPT as it was',
  shutDown: 'SHUT DOWN, and still a member',
  unknown: 'UNKNOWN: look at it',
};

function machineLine({ name, vmid, node, outcome, address, because }: MachineOutcome): string {
  const at = address === undefined ? '' : `, ${address}`;
  const why = because === undefined ? '' : `: ${because}`;
  return printable(`${name} (VM ${String(vmid)} on ${node}${at}): ${outcomes[outcome]}${why}`).slice(0, 500);
}

function memberLine({ name, vmid, node, state, uuid, address }: ClusterMember): string {
  const at = address === undefined ? '' : `, ${address}`;
  return printable(`${name}  VM ${String(vmid)} on ${node}${at}  ${state}  uuid ${uuid ?? 'not read yet'}`);
}

/** A step that saves nothing else, or saves before it removes members. */
function snapshotFiles({ id, captures }: ClusterReport['steps'][number]): readonly string[] {
  const file = id.startsWith('snapshot') ? valueAt(captures, ['path']) : valueAt(captures, ['saved', 'path']);
  return typeof file === 'string' ? [printable(file)] : [];
}

function stepsPart({ steps }: ClusterReport): ReportPart {
  if (steps.length <= shownSteps) return { title: 'Steps', lines: steps.flatMap(stepOutcomeLines) };
  const odd = steps.filter(({ outcome, warnings }) => outcome !== 'done' || warnings.length > 0);
  const rest = `${String(steps.length - odd.length)} of ${String(steps.length)} steps are done; --json has all of them.`;
  return { title: 'Steps', lines: [...odd.flatMap(stepOutcomeLines), rest] };
}
