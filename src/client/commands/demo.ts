import type { Command } from 'commander';
import { ManagerError, problem } from '../../domain/errors';

/** `pxm demo`: the whole story on a simulated cluster. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .summary('see it all on a simulated cluster')
    .description(
      'Runs the whole story on a simulated cluster: plan, approval, migrations, a killed worker, report.',
    )
    .action(() => {
      throw new ManagerError(
        problem('NotImplemented', {
          attempted: 'run the demo',
          failed: 'it is not part of this build',
          remedy: 'Use pxm simulate, pxm up and pxm evacuate.',
        }),
      );
    });
}
