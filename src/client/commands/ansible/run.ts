import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { isNameOfSecret, type PlaybookRequest } from '../../../domain/ansible/request';
import { ManagerError, problem } from '../../../domain/errors';
import type { ExitCode } from '../../../domain/exitCodes';
import { playbookWorkflowId, workflowTypes } from '../../../domain/names';
import { orApproveThat } from '../../operations/approvedInAdvance';
import { startOnce } from '../../operations/startOnce';
import { warnOfStaleWorker } from '../../processes/staleWorker';
import { captureOf, collectPair, pairs } from '../../runbooks/runOptions';
import type { Session } from '../../session';
import { nameList } from '../../templates/requestOptions';
import { followingOptions, followStarted, withFollowing } from '../following';
import { examples } from '../shared';

/** `pxm ansible run`: plan, approval, run, report. */
export function addRunCommand(ansible: Command, session: Session): void {
  const command = ansible
    .command('run')
    .argument('<playbook>', 'its name, without folder and ending')
    .summary('run a playbook: plan, approval, run, report')
    .description(
      'Runs an Ansible playbook on the machine of a worker. Shows the plan first - files, hosts, tasks, variables - and does nothing before exactly that plan is approved: on a terminal it asks; elsewhere it prints the plan and the command that approves it, and exits 4. It is begun once; a run whose worker dies goes on and is followed by the next one. Only a run in which hosts matched, none failed and all were reached counts as done.',
    )
    .option('--limit <pattern>', 'only these hosts, as for ansible-playbook', hostPattern)
    .option('--tags <tags>', 'only tasks with these tags, e.g. dns,ntp', nameList)
    .option('--skip-tags <tags>', 'no tasks with these tags', nameList)
    .option(
      '--extra-var <name=value>',
      'a variable (repeatable); a value that reads as JSON is one. It is kept in the history: no secrets',
      variablePair,
    )
    .option(
      '--secret-var <name=secret>',
      'a variable whose value is a secret of cluster-config.yaml, by its name there (repeatable)',
      variablePair,
    )
    .option(
      '--check',
      'before the plan is shown, run it with --check for an estimate; tasks with check_mode: false do what they do',
    )
    .option('--dry-run', 'end after the plan');
  withFollowing(command, session, 'an earlier --dry-run');
  examples(command, [
    ['pxm ansible run site --limit web', 'plan, ask, run, report'],
    ['pxm ansible run site --limit web --check --dry-run', 'only the plan, with an estimate'],
    ['pxm ansible run talos-provision-vms --extra-var count=3', 'with a variable'],
    ['pxm ansible run users --secret-var db_password=database', 'with a secret of cluster-config.yaml'],
    ['pxm ansible run site --approve 1f0c3a5b7d9e --detach', 'the plan seen before; nobody watches'],
  ]).action(async (playbook: string) => {
    session.exitCode = await run(session, playbook, options.parse(command.opts()));
  });
}

const options = followingOptions.extend({
  limit: z.string().optional(),
  tags: z.array(z.string()).default([]),
  skipTags: z.array(z.string()).default([]),
  extraVar: z.array(z.string()).default([]),
  secretVar: z.array(z.string()).default([]),
  check: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});
type RunOptions = z.infer<typeof options>;

async function run(session: Session, named: string, given: RunOptions): Promise<ExitCode> {
  const playbook = named.replace(/\.ya?ml$/, '');
  requireName(playbook);
  const config = session.config();
  const cluster = config.cluster.name;
  const request = requestOf(cluster, playbook, given);
  await warnOfStaleWorker(session, config);
  const workflowId = playbookWorkflowId(cluster, playbook);
  const starting = startOnce(await session.client(), {
    ...{ type: workflowTypes.runPlaybook, workflowId, cluster, request },
    attempted: `run the playbook ${playbook}`,
    summary: `Run the playbook ${playbook}, asked by ${given.by}`,
  });
  await orApproveThat(starting, workflowId, given.approve);
  if (!given.detach) session.output.note(`Started ${workflowId}.`);
  return followStarted(session, workflowId, given);
}

function requestOf(cluster: string, playbook: string, given: RunOptions): PlaybookRequest {
  const { limit, tags, skipTags, extraVar, secretVar, check, dryRun, by } = given;
  requireNoSecrets(Object.keys(pairs(extraVar)));
  const extraVars = Object.entries(pairs(extraVar)).map(([name, text]) => [name, captureOf(text)] as const);
  return {
    ...{ playbook, cluster, requestedBy: by },
    ...(limit === undefined ? {} : { limit }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(skipTags.length === 0 ? {} : { skipTags }),
    ...(extraVars.length === 0 ? {} : { extraVars: Object.fromEntries(extraVars) }),
    ...(secretVar.length === 0 ? {} : { secretVars: pairs(secretVar) }),
    ...(check ? { estimate: true } : {}),
    ...(dryRun ? { dryRun } : {}),
  };
}

function requireName(playbook: string): void {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}$/.test(playbook)) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `run the playbook ${playbook}`,
      failed: 'a playbook is named without its folder: it is one of those that the configuration names',
      remedy: 'pxm ansible list shows them; ansible.playbooks in cluster-config.yaml names their folder.',
    }),
  );
}

/** Values are kept in the history: what is called like a secret is none to write there. */
function requireNoSecrets(names: readonly string[]): void {
  const found = names.find(isNameOfSecret);
  if (found === undefined) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'give the playbook its variables',
      failed: `${found} is the name of a secret, and the values of --extra-var are kept in the history; nothing was started`,
      remedy: `Keep it under secrets: in cluster-config.yaml, and give --secret-var ${found}=<its name there>.`,
    }),
  );
}

/** A list of hosts in a file would be no part of what is approved. */
function hostPattern(text: string): string {
  if (text.trim() === '' || text.includes('@'))
    throw new InvalidArgumentError('It must be a pattern of hosts or groups; no file.');
  return text;
}

/** Each name once, as Ansible allows it. */
function variablePair(value: string, before: readonly string[] = []): string[] {
  const [name = ''] = value.split('=', 1);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new InvalidArgumentError('Its name must be one of Ansible: letters, digits, _.');
  return collectPair(value, before);
}
