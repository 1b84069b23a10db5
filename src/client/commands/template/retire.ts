import type { Command } from 'commander';
import { z } from 'zod';
import { ManagerError, problem } from '../../../domain/errors';
import type { ExitCode } from '../../../domain/exitCodes';
import { openReader } from '../../reading/reader';
import type { Session } from '../../session';
import { keepCount } from '../../templates/requestOptions';
import { startTemplate } from '../../templates/startTemplate';
import { followingOptions, followStarted, withFollowing } from '../following';
import { examples } from '../shared';

/** `pxm template retire`: deletes older versions. */
export function addRetireCommand(template: Command, session: Session): void {
  const command = template
    .command('retire')
    .argument('<template>', 'its name')
    .summary('delete older versions of a template')
    .description(
      'Deletes the versions of a template that are older than those to be kept, each guest by exactly its identity. The version in force always stays, and so does one that has linked clones. Shows the plan first and deletes nothing before exactly that plan is approved.',
    )
    .option('--dry-run', 'end after the plan')
    .option('--keep <n>', 'so many older versions stay (default: 1)', keepCount);
  withFollowing(command, session, 'an earlier --dry-run');
  examples(command, [
    ['pxm template retire debian-13', 'the version in force and one before it stay'],
    ['pxm template retire debian-13 --keep 0 --dry-run', 'what would go if only that in force stayed?'],
  ]).action(async (name: string) => {
    session.exitCode = await retire(session, name, options.parse(command.opts()));
  });
}

const options = followingOptions.extend({
  dryRun: z.boolean().default(false),
  keep: z.number().optional(),
});

async function retire(session: Session, name: string, given: z.infer<typeof options>): Promise<ExitCode> {
  const { keep, dryRun, by, approve } = given;
  const request = {
    ...{ runbook: await runbookOf(session, name), name, onlyRetire: true },
    ...{ cluster: session.config().cluster.name, requestedBy: by },
    ...(keep === undefined ? {} : { keep }),
    ...(dryRun ? { dryRun } : {}),
  };
  const workflowId = await startTemplate(session, request, approve);
  if (!given.detach) session.output.note(`Started ${workflowId}.`);
  return followStarted(session, workflowId, given);
}

/** The runbook of the version in force, by its marker. Throws NotFound where none is. */
async function runbookOf(session: Session, name: string): Promise<string> {
  const reader = await openReader(session);
  try {
    const { templates } = await reader.read({ view: 'templates', question: { name, volumes: false } });
    const runbook = templates[0]?.versions[0]?.copies[0]?.marker.runbook;
    if (runbook !== undefined) return runbook;
  } finally {
    await reader.close();
  }
  throw new ManagerError(
    problem('NotFound', {
      attempted: `retire old versions of ${name}`,
      failed: 'no version of it is in force',
      remedy: `What there is of it: pxm template show ${name}`,
    }),
  );
}
