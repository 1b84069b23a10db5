import type { Client } from '@temporalio/client';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { z } from 'zod';
import type { ClusterConfig } from '../../config/clusterConfig';
import { rateBytesPerSecond, ratePattern } from '../../config/quantities';
import { ManagerError, problem } from '../../domain/errors';
import type { EvacuationRequest } from '../../domain/evacuationPlan';
import type { ExitCode } from '../../domain/exitCodes';
import { evacuationWorkflowId, workflowTypes } from '../../domain/names';
import { requireNode } from '../operations/address';
import { orApproveThat } from '../operations/approvedInAdvance';
import { startOnce } from '../operations/startOnce';
import { warnOfStaleWorker } from '../processes/staleWorker';
import type { Session } from '../session';
import { followingOptions, followStarted, withFollowing } from './following';
import { collect, examples, positiveInteger } from './shared';

/** `pxm evacuate <node>`: empties a node. */
export function addEvacuateCommand(program: Command, session: Session): void {
  const command = program
    .command('evacuate')
    .argument('<node>', 'the node to empty, as Proxmox names it')
    .summary('empty a node: plan, approval, migrations, proof, report')
    .description(
      'Empties a node. Shows the plan first and changes nothing before exactly that plan is approved: on a terminal it asks; elsewhere it prints the plan and the command that approves it, and exits 4.',
    )
    .option('--dry-run', 'end after the plan')
    .addOption(
      new Option('--concurrency <n>', 'this many migrations at a time, instead of what fits the network')
        .argParser(positiveInteger)
        .conflicts('oneAtATime'),
    )
    .option('--one-at-a-time', 'one migration after the other')
    .option('--target <node>', 'only this node may receive guests (repeatable)', collect)
    .option('--bandwidth-limit <rate>', 'limit for one migration, e.g. 200MiB/s', rate);
  withFollowing(command, session, 'an earlier --dry-run');
  examples(command, [
    ['pxm evacuate pve01', 'plan, ask, watch, report'],
    ['pxm evacuate pve01 --dry-run', 'only the plan'],
    ['pxm evacuate pve01 --approve 1f0c3a5b7d9e', 'only if the plan is still the one seen'],
    ['pxm evacuate pve01 --approve 1f0c3a5b7d9e --detach', 'the same, and nobody has to watch'],
    ['pxm evacuate pve01 --target pve02', 'all guests to pve02'],
    ['pxm evacuate pve01 --wait --json > report.json', 'from a script; a person approves elsewhere'],
  ]).action(async (node: string) => {
    session.exitCode = await evacuate(session, node, options.parse(command.opts()));
  });
}

const options = followingOptions.extend({
  dryRun: z.boolean().default(false),
  concurrency: z.number().optional(),
  oneAtATime: z.boolean().default(false),
  target: z.array(z.string()).default([]),
  bandwidthLimit: z.number().optional(),
});
type EvacuateOptions = z.infer<typeof options>;

async function evacuate(session: Session, node: string, given: EvacuateOptions): Promise<ExitCode> {
  const config = session.config();
  checkNodes(config, node, given.target);
  await warnOfStaleWorker(session, config);
  const client = await session.client();
  const workflowId = await start(client, config.cluster.name, requestOf(config, node, given), given.approve);
  if (!given.detach) session.output.note(`Started ${workflowId}.`);
  return followStarted(session, workflowId, given);
}

function checkNodes(config: ClusterConfig, node: string, targets: readonly string[]): void {
  const attempted = `empty ${node}`;
  requireNode(node, config, attempted);
  for (const target of targets) requireNode(target, config, `${attempted} to ${target}`);
  if (!targets.includes(node)) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted,
      failed: 'it can not be a target of its own evacuation; nothing was started',
      remedy: `Name another node with --target.`,
    }),
  );
}

function requestOf(config: ClusterConfig, node: string, given: EvacuateOptions): EvacuationRequest {
  const concurrency = given.oneAtATime ? 1 : given.concurrency;
  return {
    node,
    cluster: config.cluster.name,
    requestedBy: given.by,
    ...(given.dryRun ? { dryRun: true } : {}),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(given.target.length === 0 ? {} : { targets: given.target }),
    ...(given.bandwidthLimit === undefined ? {} : { bandwidthLimitBytesPerSecond: given.bandwidthLimit }),
  };
}

/** Refused while one runs for this node, allowed once that has ended. */
async function start(
  client: Client,
  cluster: string,
  request: EvacuationRequest,
  approve: string | undefined,
): Promise<string> {
  const workflowId = evacuationWorkflowId(cluster, request.node);
  const starting = startOnce(client, {
    ...{ type: workflowTypes.evacuateNode, workflowId, cluster, request },
    attempted: `empty ${request.node}`,
    summary: `Empty ${request.node}, asked by ${request.requestedBy ?? 'somebody'}`,
  });
  await orApproveThat(starting, workflowId, approve);
  return workflowId;
}

function rate(text: string): number {
  if (!ratePattern.test(text))
    throw new InvalidArgumentError('It must be a rate such as 200MiB/s or 1Gbit/s.');
  return rateBytesPerSecond(text);
}
