import type { Command } from 'commander';
import { z } from 'zod';
import type { ClusterConfig } from '../../../config/clusterConfig';
import type { ExitCode } from '../../../domain/exitCodes';
import type { TemplateRequest } from '../../../domain/templatePlan';
import { requireNode } from '../../operations/address';
import { warnOfStaleWorker } from '../../processes/staleWorker';
import { requireRunbookName } from '../../runbooks/runbookName';
import { collectPair, pairs } from '../../runbooks/runOptions';
import type { Session } from '../../session';
import { keepCount, nameList } from '../../templates/requestOptions';
import { nameOf, startTemplate } from '../../templates/startTemplate';
import { followingOptions, followStarted, withFollowing } from '../following';
import { examples } from '../shared';

/** `pxm template create`: plan, approval, build, boot test, in force. */
export function addCreateCommand(template: Command, session: Session): void {
  const command = template
    .command('create')
    .argument('<runbook>', 'the runbook that makes it; also its name, unless --name says another')
    .summary('make a template: plan, approval, build, boot test, report')
    .description(
      'Makes a template by a runbook, or a new version of it, and copies on the nodes where its disks are local. Where the version in force is of the same image, runbook and settings there is nothing to do, and it says so. Shows the plan first and changes nothing before exactly that plan is approved: on a terminal it asks; elsewhere it prints the plan and the command that approves it, and exits 4.',
    )
    .option('--dry-run', 'end after the plan')
    .option('--name <name>', 'what the template is called (default: as the runbook)')
    .option(
      '--set, --param <name=value>',
      'a parameter of the runbook (repeatable); node, vmid and name are given by pxm',
      collectPair,
    )
    .option(
      '--nodes <nodes>',
      'where disks are local, these nodes get a copy, e.g. pve01,pve02 (default: all that have the storage)',
      nameList,
    )
    .option('--keep <n>', 'so many older versions stay, the others are deleted (default: 1)', keepCount)
    .option('--rebuild', 'build a new version even if nothing has changed');
  withFollowing(command, session, 'an earlier --dry-run');
  examples(command, [
    ['pxm template create debian-13', 'plan, ask, build, test, report'],
    ['pxm template create debian-13 --dry-run', 'only the plan'],
    ['pxm template create debian-13 --param disk_size=20G', 'with a parameter of the runbook'],
    ['pxm template create debian-13 --name debian-13-big --param memory_mib=8192', 'a variation beside it'],
    ['pxm template create debian-13 --nodes pve01,pve02 --keep 0', 'copies on two nodes, no older version'],
    ['pxm template create debian-13 --approve 1f0c3a5b7d9e --detach', 'the plan seen before; nobody watches'],
  ]).action(async (runbook: string) => {
    session.exitCode = await create(session, runbook, options.parse(command.opts()));
  });
}

const options = followingOptions.extend({
  dryRun: z.boolean().default(false),
  name: z.string().optional(),
  param: z.array(z.string()).default([]),
  nodes: z.array(z.string()).default([]),
  keep: z.number().optional(),
  rebuild: z.boolean().default(false),
});
type CreateOptions = z.infer<typeof options>;

async function create(session: Session, runbook: string, given: CreateOptions): Promise<ExitCode> {
  requireRunbookName(runbook, 'making a template');
  const config = session.config();
  const request = requestOf(config, runbook, given);
  for (const node of given.nodes) requireNode(node, config, `make the template ${nameOf(request)}`);
  await warnOfStaleWorker(session, config);
  const workflowId = await startTemplate(session, request, given.approve);
  if (!given.detach) session.output.note(`Started ${workflowId}.`);
  return followStarted(session, workflowId, given);
}

function requestOf({ cluster }: ClusterConfig, runbook: string, given: CreateOptions): TemplateRequest {
  const { name, param, nodes, keep, rebuild, dryRun, by } = given;
  return {
    ...{ runbook, cluster: cluster.name, requestedBy: by },
    ...(name === undefined ? {} : { name }),
    ...(param.length === 0 ? {} : { parameters: pairs(param) }),
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(keep === undefined ? {} : { keep }),
    ...(rebuild ? { rebuild } : {}),
    ...(dryRun ? { dryRun } : {}),
  };
}
