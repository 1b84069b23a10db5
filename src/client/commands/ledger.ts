import type { Command } from 'commander';
import { ManagerError, problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { storagePlace } from '../../domain/buildLease';
import type { LeaseHolder, LedgerView } from '../../domain/lease';
import { ledgerWorkflowId } from '../../domain/names';
import { formatBytes, formatTime } from '../../domain/rendering/sizes';
import { readLedger } from '../operations/readLedger';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';
import { table } from '../view/table';
import { noAnswerYet } from './shared';

/** `pxm ledger`: which operation holds what. */
export function addLedgerCommand(program: Command, session: Session): void {
  program
    .command('ledger')
    .summary('show which operation holds which node, memory, VMIDs, addresses and storage')
    .description(
      'Shows what is leased in the cluster of the configuration: nodes that are being emptied, memory kept free on targets, VMIDs, addresses, room on storages, and clones under way. Leases of operations that have ended are freed by themselves.',
    )
    .action(async () => {
      session.exitCode = await showLedger(session);
    });
}

async function showLedger(session: Session): Promise<ExitCode> {
  const cluster = session.config().cluster.name;
  const view = await askLedger(session, cluster);
  const text = rendered(session, view) || `Nothing is leased in cluster ${cluster}.`;
  session.output.result({ cluster, ...view, exitCode: exitCodes.done }, text);
  return exitCodes.done;
}

async function askLedger(session: Session, cluster: string): Promise<LedgerView> {
  const view = await sayIfSlow(session.output, noAnswerYet, readLedger(session, cluster));
  if (view !== undefined) return view;
  throw new ManagerError(
    problem('NoWorker', {
      attempted: `ask ${ledgerWorkflowId(cluster)}`,
      failed: 'no worker answered within 5 s',
    }),
  );
}

function rendered({ output }: Session, view: LedgerView): string {
  const now = new Date().toISOString();
  const since = (it: { readonly holder: LeaseHolder; readonly since: string }) => [
    it.holder.workflowId,
    formatTime(it.since),
  ];
  const parts: [string[], string[][]][] = [
    [['node', 'being emptied by', 'since'], view.nodes.map((it) => [it.node, ...since(it)])],
    [
      ['target', 'guest', 'memory', 'kept free for', 'since'],
      view.memory.map((it) => [it.target, String(it.vmid), formatBytes(it.memoryBytes), ...since(it)]),
    ],
    [
      ['VMID', 'for', 'leased to', 'since'],
      view.vmids.map((it) => [String(it.vmid), it.purpose, ...since(it)]),
    ],
    [
      ['VMID', 'its guest was deleted by', 'given to nobody before'],
      view.quarantine
        .filter(({ until }) => until > now)
        .map((it) => [String(it.vmid), it.by, formatTime(it.until)]),
    ],
    [
      ['storage', 'for', 'room', 'kept free for', 'since'],
      view.storage.map((it) => [storagePlace(it), it.purpose, formatBytes(it.bytes), ...since(it)]),
    ],
    [
      ['address', 'guest', 'leased to', 'since'],
      view.addresses.map((it) => [it.address, String(it.vmid), ...since(it)]),
    ],
    [
      ['storage', 'node', 'clone', 'by', 'since'],
      view.cloneSlots.map((it) => [it.storage, it.node, `${it.kind}: ${it.purpose}`, ...since(it)]),
    ],
  ];
  return parts
    .filter(([, rows]) => rows.length > 0)
    .map(([titles, rows]) =>
      table(
        output,
        titles.map((title) => ({ title })),
        rows,
      ),
    )
    .join('\n\n');
}
