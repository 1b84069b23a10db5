import { WorkflowNotFoundError } from '@temporalio/common';
import type { Command } from 'commander';
import { ManagerError, problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import type { LedgerView } from '../../domain/lease';
import { ledgerMessages, ledgerWorkflowId } from '../../domain/names';
import { formatBytes, formatTime } from '../../domain/rendering/sizes';
import { query } from '../operations/read';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';
import { table } from '../view/table';
import { noAnswerYet } from './shared';

/** `pxm ledger`: which operation holds what. */
export function addLedgerCommand(program: Command, session: Session): void {
  program
    .command('ledger')
    .summary('show which operation holds which node and memory')
    .description(
      'Shows what is leased in the cluster of the configuration: nodes that are being emptied, and memory kept free on targets. Leases of operations that have ended are freed by themselves.',
    )
    .action(async () => {
      session.exitCode = await showLedger(session);
    });
}

async function showLedger(session: Session): Promise<ExitCode> {
  const cluster = session.config().cluster.name;
  const view = await readLedger(session, cluster);
  const text =
    view.nodes.length + view.memory.length === 0
      ? `Nothing is leased in cluster ${cluster}.`
      : rendered(session, view);
  session.output.result({ cluster, ...view, exitCode: exitCodes.done }, text);
  return exitCodes.done;
}

async function readLedger(session: Session, cluster: string): Promise<LedgerView> {
  const workflowId = ledgerWorkflowId(cluster);
  try {
    const asked = query<LedgerView>(await session.client(), workflowId, ledgerMessages.leases);
    const view = await sayIfSlow(session.output, noAnswerYet, asked);
    if (view !== undefined) return view;
  } catch (error) {
    // It is started by the first operation that leases something.
    if (error instanceof WorkflowNotFoundError) return { nodes: [], memory: [] };
    throw error;
  }
  throw new ManagerError(
    problem('NoWorker', { attempted: `ask ${workflowId}`, failed: 'no worker answered within 5 s' }),
  );
}

function rendered({ output }: Session, view: LedgerView): string {
  const nodes = view.nodes.map((it) => [it.node, it.holder.workflowId, formatTime(it.since)]);
  const memory = view.memory.map((it) => [
    it.target,
    String(it.vmid),
    formatBytes(it.memoryBytes),
    it.holder.workflowId,
    formatTime(it.since),
  ]);
  const parts = [
    ...(nodes.length === 0 ? [] : [table(output, titled('node', 'being emptied by', 'since'), nodes)]),
    ...(memory.length === 0
      ? []
      : [table(output, titled('target', 'guest', 'memory', 'kept free for', 'since'), memory)]),
  ];
  return parts.join('\n\n');
}

function titled(...titles: readonly string[]) {
  return titles.map((title) => ({ title }));
}
