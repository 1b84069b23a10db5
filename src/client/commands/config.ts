import type { Command } from 'commander';
import { checkClusterConfig } from '../../config/load';
import { locateClusterConfig } from '../../config/locate';
import { describeConfigProblems, type ConfigProblem } from '../../config/problems';
import { problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { count } from '../../domain/rendering/text';
import type { Session } from '../session';

/** `pxm config check`: every problem of the configuration, with its place. */
export function addConfigCommand(program: Command, session: Session): void {
  const config = program
    .command('config')
    .summary('look at the configuration')
    .description('Looks at the configuration.');
  config
    .command('check')
    .argument('[file]', 'default: --config, PXM_CONFIG, ./cluster-config.yaml, the user folder')
    .summary('check cluster-config.yaml: every problem with file, line and path')
    .description(
      'Checks the configuration and names every problem at once: file, line, column, path, what was expected, the nearest valid key. The CA file and the token file that it names are looked at too. Nothing is connected to.',
    )
    .action((file: string | undefined) => {
      session.exitCode = check(session, locateClusterConfig(file ?? session.configFile));
    });
}

function check(session: Session, file: string): ExitCode {
  const { config, problems, notUsedYet } = checkClusterConfig(file, ['cluster.ca_file', 'credentials.file']);
  const exitCode = config === undefined ? exitCodes.badInput : exitCodes.done;
  const document = { file, problems, notUsedYet, exitCode };
  if (config === undefined) {
    const failed = `${count(problems.length, 'problem')}\n${describeConfigProblems(problems)}`;
    session.output.result(document, '');
    session.output.failure(
      problem('ConfigInvalid', { attempted: `check ${file}`, failed, remedy: remedyFor(problems) }),
      exitCode,
    );
    return exitCode;
  }
  const { cluster } = config;
  const unused = notUsedYet.length === 0 ? [] : [`Read, not used yet: ${notUsedYet.join(', ')}`];
  const nodes = cluster.nodes.map((node) => node.name).join(', ');
  session.output.result(
    document,
    [`${file} is valid: cluster ${cluster.name}, nodes ${nodes}.`, ...unused].join('\n'),
  );
  return exitCode;
}

function remedyFor(problems: readonly ConfigProblem[]): string {
  const hasNoToken = problems.some(
    ({ path, message }) => path === 'credentials.file' && message.endsWith('does not exist'),
  );
  const correct = 'Correct the places named above; docs/configuration.md describes every key.';
  return hasNoToken ? `${correct} pxm bootstrap makes the file of the token, if nobody has.` : correct;
}
