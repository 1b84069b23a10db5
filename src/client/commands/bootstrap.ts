import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { AccessRequest } from '../../domain/access';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { settleHostKeys } from '../access/hostKeys';
import { offerTrust } from '../access/offerTrust';
import { startAccess } from '../access/startAccess';
import { requireNode } from '../operations/address';
import { readEnding } from '../operations/outcome';
import { followAndPresent } from '../operations/present';
import type { Session } from '../session';
import { collect, examples, planHash, whenAsked } from './shared';

/** `pxm bootstrap`: from root's SSH to a token of its own with few privileges, stored and proven. */
export function addBootstrapCommand(program: Command, session: Session): void {
  const command = program
    .command('bootstrap')
    .summary('set up the API token: user, role, token, all stored and tried; --undo removes it')
    .description(
      "Sets up the API token over root's SSH on one node: role, user, entries and token, with the privileges of the profile and the reason for each. Shows the plan first and changes nothing before exactly that plan is approved. The secret goes from the node into the configured store and is tried on every node before it is put into use; nobody sees it. What is right already is kept: a second run changes nothing.",
    )
    .addOption(
      new Option('--profile <profile>', 'how much the token may do (default: access.profile)').choices([
        'full',
        'evacuation',
        'read',
      ]),
    )
    .addOption(
      new Option(
        '--privilege-separation',
        'give the token entries of its own (default: access.privilege_separation)',
      ),
    )
    .option('--node <node>', 'log in to this node first')
    .addOption(
      new Option('--undo', 'remove what bootstrap has made, and nothing else').conflicts([
        'profile',
        'privilegeSeparation',
        'writeTrust',
      ]),
    )
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
    .option('--no-host-keys', "leave host keys to the worker's machine: do not look at them here")
    .addOption(
      new Option(
        '--write-trust <form>',
        "write the nodes' fingerprints, or the cluster's CA, into the configuration",
      ).choices(['pins', 'ca']),
    );
  examples(command, [
    ['pxm bootstrap', 'look, plan, ask, set up'],
    ['pxm bootstrap --profile evacuation', 'a token that may only look and move guests'],
    ['pxm bootstrap --undo', 'remove all of it'],
  ]).action(async () => {
    session.exitCode = await bootstrap(session, options.parse(command.opts()));
  });
}

const options = z.object({
  profile: z.enum(['full', 'evacuation', 'read']).optional(),
  privilegeSeparation: z.boolean().optional(),
  node: z.string().optional(),
  undo: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  approve: z.string().optional(),
  by: z.string().min(1),
  wait: z.boolean().default(false),
  acceptHostKey: z.array(z.string()).default([]),
  hostKeys: z.boolean().default(true),
  writeTrust: z.enum(['pins', 'ca']).optional(),
});
type BootstrapOptions = z.infer<typeof options>;

async function bootstrap(session: Session, given: BootstrapOptions): Promise<ExitCode> {
  const config = session.config();
  if (given.node !== undefined) requireNode(given.node, config, 'set up the API token');
  if (given.hostKeys) await settleHostKeys(session, config, given.acceptHostKey);
  const client = await session.client();
  const type = given.undo ? 'undoAccess' : 'bootstrapAccess';
  const workflowId = await startAccess(
    client,
    type,
    config.cluster.name,
    requestOf(config.cluster.name, given),
  );
  session.output.note(`Started ${workflowId}.`);
  const exitCode = await followAndPresent(session, client, workflowId, {
    whenAsked: whenAsked(session, given.wait),
    by: given.by,
    ...(given.approve === undefined ? {} : { approveHash: given.approve }),
  });
  if (given.undo || given.dryRun || exitCode !== exitCodes.done) return exitCode;
  const ending = await readEnding(client, workflowId);
  if (ending.kind === 'report' && ending.report.operation === 'bootstrapAccess') {
    await offerTrust(session, ending.report.trust, given.writeTrust);
  }
  return exitCode;
}

function requestOf(cluster: string, given: BootstrapOptions): AccessRequest {
  const { profile, privilegeSeparation, node, dryRun, by } = given;
  return {
    cluster,
    requestedBy: by,
    ...(profile === undefined ? {} : { profile }),
    ...(privilegeSeparation === undefined ? {} : { privilegeSeparation }),
    ...(node === undefined ? {} : { node }),
    ...(dryRun ? { dryRun } : {}),
  };
}
