import type { Command } from 'commander';
import { spawnWithoutCoreFile } from '../../temporal/childProcess';
import { workerUsage } from '../../temporal/workerArguments';
import { untilEnded } from '../processes/foreground';
import { workerProgram } from '../processes/programs';
import { workerEnvironment } from '../processes/workerProcess';
import type { Session } from '../session';
import { examples } from './shared';

/** `pxm worker`: a worker in the foreground, for a server that stays. */
export function addWorkerCommand(program: Command, session: Session): void {
  const command = program
    .command('worker')
    .summary('run a worker in the foreground')
    .description(
      "Runs a worker for the configuration's cluster in the foreground, its log as JSON lines on standard output; SIGTERM and Ctrl-C drain it. Where Temporal is: TEMPORAL_* or temporal.toml as for the temporal CLI, else the embedded server. Options after -- go to the worker itself.",
    )
    .argument('[options...]', 'options of the worker itself, after --');
  examples(command, [
    ['TEMPORAL_ADDRESS=temporal:7233 pxm worker', 'beside a Temporal server'],
    ['pxm worker -- --health-port 8080', 'with an option of the worker'],
  ]).addHelpText('after', `\nThe worker itself, after --:\n${workerUsage}`);
  command.action(async (given: string[]) => {
    if (given.includes('--help')) return command.help();
    const config = session.config();
    const { command: node, args } = workerProgram();
    const child = spawnWithoutCoreFile(node, [...args, '--config', config.file, ...given], {
      env: workerEnvironment(config),
      stdio: 'inherit',
    });
    session.exitCode = await untilEnded(child);
  });
}
