import type { Command } from 'commander';
import pLimit from 'p-limit';
import { z } from 'zod';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { watchCommand } from '../../../domain/rendering/commands';
import { problemOfError } from '../../failures';
import { openReader } from '../../reading/reader';
import type { Session } from '../../session';
import { refreshTemplate, type RefreshedTemplate } from '../../templates/refresh';
import { startTemplate } from '../../templates/startTemplate';
import { readingNotes } from '../../view/readingCells';
import { refreshTable } from '../../view/refreshTable';
import { examples } from '../shared';

const scheduleHelp = `
A Temporal Schedule makes the plan by itself, here every Monday (pxm operations shows it), and changes nothing:

  $ temporal schedule create --schedule-id debian-13 --cron '0 6 * * 1' \\
      --type createTemplate --task-queue proxmox/lab --workflow-id create-template/lab/debian-13 \\
      --input '{"runbook": "debian-13", "dryRun": true, "requestedBy": "schedule"}'

Parameters, nodes and so on go into the same object (docs/templates.md). Then: pxm template create debian-13`;

/** `pxm template refresh`: is there something newer? */
export function addRefreshCommand(template: Command, session: Session): void {
  const command = template
    .command('refresh')
    .argument('[template]', 'one only: its name')
    .summary('is there a newer image, or a changed runbook?')
    .description(
      'Lets a worker plan each template anew as it was asked for before, and says what there would be to do: a newer image upstream, a changed runbook or changed settings, nodes that lack a copy, versions to delete. Makes nothing; with --start it starts what there is to do, and each operation waits for its approval. Exits 1 where something could not be found out.',
    )
    .option('--start', 'start the operation for each template that has something to do')
    .option('--by <who>', 'who asks, as the report will say', session.terminal.person);
  examples(command, [
    ['pxm template refresh', 'what is out of date?'],
    ['pxm template refresh debian-13 --start', 'and make it; pxm watch debian-13 shows the plan to approve'],
  ])
    .addHelpText('after', scheduleHelp)
    .action(async (name: string | undefined) => {
      session.exitCode = await refresh(session, name, options.parse(command.opts()));
    });
}

const options = z.object({ start: z.boolean().default(false), by: z.string().min(1) });

/** Each is a workflow that reads the cluster: not all of them at once. */
const plansAtOnce = 3;

async function refresh(
  session: Session,
  name: string | undefined,
  { start, by }: z.infer<typeof options>,
): Promise<ExitCode> {
  const { output } = session;
  const list = await readTemplates(session, name);
  const found = await pLimit(plansAtOnce).map(list.templates, (it) => refreshTemplate(session, it, by));
  const templates: ShownTemplate[] = [];
  for (const it of found) {
    if (it !== undefined) templates.push(start ? await started(session, it) : it);
  }
  const isKnown = templates.every(({ problem }) => problem === undefined) && list.unanswered.length === 0;
  const exitCode = isKnown ? exitCodes.done : exitCodes.incomplete;
  const text =
    templates.length === 0 ? 'There are no templates of proxmox-manager.' : refreshTable(output, templates);
  output.result({ cluster: list.cluster, templates, unanswered: list.unanswered, exitCode }, text);
  const notes = [...templates.flatMap(notesOf), ...readingNotes(output, list)];
  if (notes.length > 0) output.note(notes.join('\n'));
  return exitCode;
}

async function readTemplates(session: Session, name: string | undefined) {
  const reader = await openReader(session);
  try {
    const question = { volumes: false, ...(name === undefined ? {} : { name }) };
    return await reader.read({ view: 'templates', question });
  } finally {
    await reader.close();
  }
}

/** A template that was looked at, with the operation that was started for it. */
interface ShownTemplate extends RefreshedTemplate {
  readonly workflowId?: string;
}

async function started(session: Session, it: RefreshedTemplate): Promise<ShownTemplate> {
  if (it.todo === undefined || it.todo === 'nothing') return it;
  try {
    return { ...it, workflowId: await startTemplate(session, it.request) };
  } catch (error) {
    const problem = problemOfError(error);
    return { ...it, because: `${problem.failed}. ${problem.remedy}`, problem };
  }
}

function notesOf({
  name,
  runbook,
  generation,
  workflowId,
  isWithDefaults,
}: ShownTemplate): readonly string[] {
  return [
    ...(isWithDefaults
      ? [
          `${name}: what version ${generation} was asked for with is not known any more; looked at with the defaults of the runbook ${runbook}.`,
        ]
      : []),
    ...(workflowId === undefined
      ? []
      : [`Started ${workflowId}: it waits for its approval. ${watchCommand(workflowId)}`]),
  ];
}
