import type { ClusterPhase, ClusterPlan } from '../cluster/plan';
import {
  addressWords,
  cloneWords,
  clusterCounts,
  clusterTerms,
  clusterTitle,
  phaseWords,
  removalWords,
  sizeWords,
} from './clusterFacts';
import { shownHash } from './commands';
import { planWithTable, webUiBytes } from './planTable';
import { formatDuration } from './sizes';
import { count, markdownCell } from './text';

/** Room is left for the machines. */
const shownWarnings = 3;

/** The plan of a change of a cluster as Markdown; what does not fit is counted, with the command that shows all. Deterministic. */
export function clusterPlanMarkdown(plan: ClusterPlan, workflowId: string, bytes = webUiBytes): string {
  const more = plan.warnings.length - shownWarnings;
  const head = [
    `**Plan ${shownHash(plan.hash)}**: ${markdownCell(clusterTitle(plan))} (Proxmox cluster ${markdownCell(plan.cluster)})`,
    [clusterCounts(plan), ...clusterTerms(plan)].map(markdownCell).join(' ').slice(0, 1400),
    ...plan.warnings.slice(0, shownWarnings).map((it) => `**Warning:** ${markdownCell(it).slice(0, 160)}`),
    ...(more > 0 ? [`... and ${count(more, 'more warning')}.`] : []),
  ];
  const rows = rowsOf(plan).map((cells) => `| ${cells.map(markdownCell).join(' | ')} |`);
  return planWithTable(
    head,
    { head: ['| what | machine | VMID | node | how |', '|---|---|---|---|---|'], rows },
    { workflowId, bytes },
  );
}

function rowsOf({ phases, leftAlone }: ClusterPlan): readonly (readonly string[])[] {
  return [
    ...phases.flatMap(rowsOfPhase),
    ...leftAlone.map(({ vmid, node, name, because }) => ['left alone', name, String(vmid), node, because]),
  ];
}

function rowsOfPhase(phase: ClusterPhase): readonly (readonly string[])[] {
  const what = phaseWords[phase.kind].toLowerCase();
  switch (phase.kind) {
    case 'make':
      return phase.machines.map((machine) => [
        ...[what, machine.name, String(machine.vmid), machine.node],
        `${cloneWords(machine)}; ${sizeWords(machine)}; ${addressWords(machine)}; about ${formatDuration(machine.estimatedSeconds)}`,
      ]);
    case 'adopt':
      return phase.adoptions.map(({ name, vmid, node, nameNow }) => [
        ...[what, name, String(vmid), node, `is called ${nameNow}`],
      ]);
    default:
      return phase.removals.map((removal) => {
        const { name, vmid, node } = removal.member;
        const shown = phase.kind === 'delete' ? phaseWords.delete : what;
        return [shown, removal.nameThen ?? name, String(vmid), node, removalWords(removal)];
      });
  }
}
