import type { Command } from 'commander';
import { z } from 'zod';
import type { ExitCode } from '../../domain/exitCodes';
import { settleHostKeys } from '../access/hostKeys';
import { startAccess } from '../access/startAccess';
import { requireNode } from '../operations/address';
import { followAndPresent } from '../operations/present';
import type { Session } from '../session';
import { collect, examples, planHash, whenAsked } from './shared';

/** `pxm token rotate`: a new token in place of the old one, without a gap. */
export function addTokenCommand(program: Command, session: Session): void {
  const token = program
    .command('token')
    .summary('renew the API token')
    .description('Works on the API token.');
  const command = token
    .command('rotate')
    .summary('replace the API token without a gap')
    .description(
      "Makes a second token under a new name over root's SSH, tries it on every node, stores it and puts it into use; the old one is removed once its last task has ended, because only it may stop the tasks that it started. Running operations go on. Nothing is changed before exactly the plan that is shown is approved.",
    )
    .option('--node <node>', 'log in to this node first')
    .option('--dry-run', 'end after the plan')
    .option(
      '--approve <hash>',
      'approve by itself the plan with this hash (from --dry-run), no other',
      planHash,
    )
    .option('--by <who>', 'who asks, as the report will say', session.terminal.person)
    .option('--wait', 'without a terminal: stay until somebody has approved, and to the end')
    .option(
      '--accept-host-key <fingerprint>',
      'trust the SSH host key SHA256:... of a node without being asked (repeatable)',
      collect,
    )
    .option('--no-host-keys', "leave host keys to the worker's machine: do not look at them here");
  examples(command, [['pxm token rotate', 'plan, ask, rotate']]).action(async () => {
    session.exitCode = await rotate(session, options.parse(command.opts()));
  });
}

const options = z.object({
  node: z.string().optional(),
  dryRun: z.boolean().default(false),
  approve: z.string().optional(),
  by: z.string().min(1),
  wait: z.boolean().default(false),
  acceptHostKey: z.array(z.string()).default([]),
  hostKeys: z.boolean().default(true),
});

async function rotate(session: Session, given: z.infer<typeof options>): Promise<ExitCode> {
  const config = session.config();
  if (given.node !== undefined) requireNode(given.node, config, 'rotate the API token');
  if (given.hostKeys) await settleHostKeys(session, config, given.acceptHostKey);
  const client = await session.client();
  const workflowId = await startAccess(client, 'rotateToken', config.cluster.name, {
    cluster: config.cluster.name,
    requestedBy: given.by,
    ...(given.node === undefined ? {} : { node: given.node }),
    ...(given.dryRun ? { dryRun: true } : {}),
  });
  session.output.note(`Started ${workflowId}.`);
  return followAndPresent(session, client, workflowId, {
    whenAsked: whenAsked(session, given.wait),
    by: given.by,
    ...(given.approve === undefined ? {} : { approveHash: given.approve }),
  });
}
