import { once } from 'node:events';
import type { Command } from 'commander';
import { z } from 'zod';
import { setDemoStage } from '../demo/stage';
import { tellStory } from '../demo/story';
import type { Session } from '../session';
import { examples } from './shared';

/** `pxm demo`: the whole story on a simulated cluster. */
export function addDemoCommand(program: Command, session: Session): void {
  const command = program
    .command('demo')
    .summary('see it all on a simulated cluster')
    .description(
      'Runs the whole story on a simulated cluster: plan, approval, migrations, a worker killed in the middle and started again, report. It has a state folder and ports of its own, and leaves nothing behind.',
    )
    .option('--stay', 'keep the server and its Web UI open at the end, until Ctrl-C');
  examples(command, [
    ['pxm demo', 'about a minute; asks for the approval on a terminal'],
    ['pxm demo --stay', 'then look at the operation in the Web UI'],
  ]).action(async () => {
    const { stay } = options.parse(command.opts());
    const stage = await setDemoStage((line) => session.output.note(line));
    try {
      session.exitCode = await tellStory(session, stage);
      session.output.note(
        `Web UI: ${stage.server.webUiUrl}${stay ? '   Ctrl-C ends everything.' : '   (closed now; pxm demo --stay keeps it open)'}`,
      );
      if (stay && !session.interrupted.aborted) await once(session.interrupted, 'abort');
    } finally {
      session.output.note('Everything that the demo started is stopped.');
      await stage.close();
    }
  });
}

const options = z.object({ stay: z.boolean().default(false) });
