import { Option, type Command } from 'commander';
import { z } from 'zod';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { accessOptions, withAccessOptions } from '../access/accessOptions';
import { offerTrust } from '../access/offerTrust';
import { runAccess } from '../access/runAccess';
import { readEnding } from '../operations/outcome';
import type { Session } from '../session';
import { examples } from './shared';

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
    .addOption(
      new Option('--undo', 'remove what bootstrap has made, and nothing else').conflicts([
        'profile',
        'privilegeSeparation',
        'writeTrust',
      ]),
    )
    .addOption(
      new Option(
        '--write-trust <form>',
        "write the nodes' fingerprints, or the cluster's CA, into the configuration",
      ).choices(['pins', 'ca']),
    );
  withAccessOptions(command, session);
  examples(command, [
    ['pxm bootstrap', 'look, plan, ask, set up'],
    ['pxm bootstrap --profile evacuation', 'a token that may only look and move guests'],
    ['pxm bootstrap --undo', 'remove all of it'],
  ]).action(async () => {
    session.exitCode = await bootstrap(session, options.parse(command.opts()));
  });
}

const options = accessOptions.extend({
  profile: z.enum(['full', 'evacuation', 'read']).optional(),
  privilegeSeparation: z.boolean().optional(),
  undo: z.boolean().default(false),
  writeTrust: z.enum(['pins', 'ca']).optional(),
});
type BootstrapOptions = z.infer<typeof options>;

async function bootstrap(session: Session, given: BootstrapOptions): Promise<ExitCode> {
  const { profile, privilegeSeparation, undo, dryRun, writeTrust } = given;
  const type = undo ? 'undoAccess' : 'bootstrapAccess';
  const { workflowId, firstRunId, exitCode } = await runAccess(session, type, given, {
    ...(profile === undefined ? {} : { profile }),
    ...(privilegeSeparation === undefined ? {} : { privilegeSeparation }),
  });
  if (undo || dryRun || exitCode !== exitCodes.done) return exitCode;
  const ending = await readEnding(await session.client(), workflowId, firstRunId);
  if (ending.kind === 'report' && ending.report.operation === 'bootstrapAccess') {
    await offerTrust(session, ending.report.trust, writeTrust);
  }
  return exitCode;
}
