import type { Command } from 'commander';
import { checkProfile, profileNames } from '../../../config/profiles/load';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { keptClusters } from '../../clusters/readCluster';
import type { Session } from '../../session';
import { clusterTable, type ListedCluster } from '../../view/clusterTable';
import { examples } from '../shared';

/** `pxm cluster list`: profiles, and what there is of them. */
export function addListCommand(cluster: Command, session: Session): void {
  const command = cluster
    .command('list')
    .summary('list profiles, and what there is of them')
    .description(
      'Lists the profiles beside cluster-config.yaml and the clusters that were made: how many machines they should have and have, when they end, and what is under way. Reads the workflows that keep the clusters, not Proxmox: pxm cluster status compares with that. Exits 1 where no worker answers.',
    );
  examples(command, [
    ['pxm cluster list', 'what is there?'],
    ["pxm cluster list --json | jq -r '.clusters[] | select(.view.operation) | .profile'", 'for programs'],
  ]).action(async () => {
    session.exitCode = await list(session);
  });
}

async function list(session: Session): Promise<ExitCode> {
  const { output } = session;
  const config = session.config();
  const client = await session.client();
  const kept = await keptClusters(client, config.cluster.name);
  const names = [...new Set([...profileNames(config), ...kept.map(({ profile }) => profile)])].toSorted();
  const clusters = names.map((name): ListedCluster => {
    const { profile, problems } = checkProfile(config, name);
    const found = kept.find((it) => it.profile === name);
    return {
      profile: name,
      ...(profile === undefined
        ? {}
        : {
            type: profile.type,
            template: profile.template,
            wanted: profile.roles.reduce((sum, role) => sum + role.count, 0),
          }),
      problems: problems.length,
      hasFile: profileNames(config).includes(name),
      ...(found === undefined
        ? {}
        : { isKept: true as const, ...(found.view === undefined ? {} : { view: found.view }) }),
    };
  });
  const isSilent = clusters.some((it) => it.isKept === true && it.view === undefined);
  const exitCode = isSilent ? exitCodes.incomplete : exitCodes.done;
  const text =
    clusters.length === 0
      ? 'There are no profiles: clusters/<name>.yaml beside cluster-config.yaml (docs/cluster-profiles.md).'
      : clusterTable(output, clusters);
  output.result({ cluster: config.cluster.name, clusters, exitCode }, text);
  const wrong = clusters.filter(({ problems, hasFile }) => hasFile && problems > 0);
  for (const { profile } of wrong) {
    output.note(`The profile ${profile} is wrong: pxm cluster plan ${profile} shows where.`);
  }
  if (isSilent) output.note('No worker answers: what clusters are is not known (pxm up, or pxm worker).');
  return exitCode;
}
