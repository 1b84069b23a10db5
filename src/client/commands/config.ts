import type { Command } from 'commander';
import type { ClusterConfig } from '../../config/clusterConfig';
import { checkClusterConfig } from '../../config/load';
import { locateClusterConfig } from '../../config/locate';
import { describeConfigProblems, type ConfigProblem } from '../../config/problems';
import { checkProfile, profileNames } from '../../config/profiles/load';
import { problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { count } from '../../domain/rendering/text';
import type { Session } from '../session';

/** `pxm config check`: every problem of the configuration and of the cluster profiles beside it, with its place. */
export function addConfigCommand(program: Command, session: Session): void {
  const config = program
    .command('config')
    .summary('look at the configuration')
    .description('Looks at the configuration.');
  config
    .command('check')
    .argument('[file]', 'default: --config, PXM_CONFIG, ./cluster-config.yaml, the user folder')
    .summary('check cluster-config.yaml and clusters/: every problem with file, line and path')
    .description(
      'Checks the configuration and names every problem at once: file, line, column, path, what was expected, the nearest valid key. The CA file and the token file that it names are looked at too, and the cluster profiles in clusters/ beside it. Nothing is connected to.',
    )
    .action((file: string | undefined) => {
      session.exitCode = check(session, locateClusterConfig(file ?? session.configFile));
    });
}

function check(session: Session, file: string): ExitCode {
  const { config, ...its } = checkClusterConfig(file, ['cluster.ca_file', 'credentials.file']);
  const profiles = config === undefined ? [] : checkProfiles(config);
  const problems = [...its.problems, ...profiles.flatMap((profile) => profile.problems)];
  const exitCode = problems.length === 0 ? exitCodes.done : exitCodes.badInput;
  const names = profiles.map(({ name }) => name);
  const document = { file, problems, notUsedYet: its.notUsedYet, profiles: names, exitCode };
  if (config === undefined || problems.length > 0) {
    const failed = `${count(problems.length, 'problem')}\n${describeConfigProblems(problems)}`;
    session.output.result(document, '');
    session.output.failure(
      problem('ConfigInvalid', { attempted: `check ${file}`, failed, remedy: remedyFor(problems, file) }),
      exitCode,
    );
    return exitCode;
  }
  const nodes = config.cluster.nodes.map((node) => node.name).join(', ');
  const lines = [
    `${file} is valid: cluster ${config.cluster.name}, nodes ${nodes}.`,
    ...(its.notUsedYet.length === 0 ? [] : [`Read, not used yet: ${its.notUsedYet.join(', ')}`]),
    ...(names.length === 0 ? [] : [`Cluster profiles that are valid: ${names.join(', ')}.`]),
  ];
  session.output.result(document, lines.join('\n'));
  return exitCode;
}

/** They can only be judged against a configuration that is valid. */
function checkProfiles(config: ClusterConfig) {
  return profileNames(config).map((name) => ({ name, problems: checkProfile(config, name).problems }));
}

function remedyFor(problems: readonly ConfigProblem[], file: string): string {
  const hasNoToken = problems.some(
    ({ path, message }) => path === 'credentials.file' && message.endsWith('does not exist'),
  );
  const pages = [
    ...(problems.some((it) => it.file === file) ? ['docs/configuration.md'] : []),
    ...(problems.some((it) => it.file !== file) ? ['docs/cluster-profiles.md'] : []),
  ];
  const correct = `Correct the places named above; every key is described in ${pages.join(' and ')}.`;
  return hasNoToken ? `${correct} pxm bootstrap makes the file of the token, if nobody has.` : correct;
}
