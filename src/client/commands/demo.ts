import { once } from 'node:events';
import { Argument, Option, type Command } from 'commander';
import { z } from 'zod';
import { shellWord } from '../../domain/rendering/commands';
import { makeDemoFolder } from '../demo/folder';
import { demoVersions } from '../demo/scenario';
import { setDemoStage, type DemoStage } from '../demo/stage';
import { demoNames, demoStories, type DemoStory } from '../demo/stories';
import { Interrupted } from '../failures';
import type { Session } from '../session';
import { examples } from './shared';

/** `pxm demo`: whole stories on a simulated cluster. */
export function addDemoCommand(program: Command, session: Session): void {
  const command = program
    .command('demo')
    .summary('see it all on a simulated cluster')
    .description(
      'Runs a whole story on a simulated cluster. evacuation: a node is emptied. template: a template of Debian is built, booted and swapped with the version before it, then a procedure is checked and run on it. cluster: a Kubernetes cluster of Talos machines is created, scaled, one machine replaced, destroyed and taken back, with stand-ins of talosctl, flux and the Kubernetes API. Each with plan, approval, a worker killed in the middle and started again, report. It has a state folder and ports of its own, does not touch what pxm up started, and leaves nothing behind.',
    )
    .addArgument(new Argument('[scene]', 'what is shown').choices([...demoNames]).default('evacuation'))
    .addOption(new Option('--proxmox <version>', 'the version that is simulated').choices([...demoVersions]))
    .option('--stay', 'keep everything running at the end, until Ctrl-C');
  examples(command, [
    ['pxm demo', 'about a minute; asks for the approval on a terminal'],
    ['pxm demo template', 'the same of a template, on a cluster of its own'],
    ['pxm demo cluster', 'two minutes: five operations on a Talos cluster, a killed worker in each'],
    ['pxm demo --stay', 'then look at the operation in the Web UI, or start another one'],
  ]).action(async (named: string) => {
    await demo(session, demoStories[scene.parse(named)], options.parse(command.opts()));
  });
}

const scene = z.enum(demoNames);
const options = z.object({ proxmox: z.enum(demoVersions).optional(), stay: z.boolean().default(false) });

async function demo(
  session: Session,
  story: DemoStory,
  { proxmox, stay }: z.infer<typeof options>,
): Promise<void> {
  const folder = makeDemoFolder();
  endLikeOnInterrupt();
  try {
    const say = (line: string) => session.output.note(line);
    const setting = setDemoStage(folder, story, proxmox, say);
    const stage = await Promise.race([setting, interruption(session)]);
    session.exitCode = await Promise.race([story.tell(session, stage), interruption(session)]);
    if (stay) await stayOpen(session, stage, story.next);
    else say(`\nThe Web UI was at ${stage.server.webUiUrl}; pxm demo --stay keeps it open.`);
    await stage.temporal.close();
  } finally {
    await folder.remove();
    session.output.note('Everything that the demo started is stopped, and its folder removed.');
  }
}

async function stayOpen(
  session: Session,
  { server, config, folder }: DemoStage,
  next: string,
): Promise<void> {
  session.output.note(
    [
      '',
      `Web UI: ${server.webUiUrl}`,
      `To go on with this cluster in another terminal, e.g. with ${next}:`,
      `  export PXM_CONFIG=${shellWord(config.file)} PXM_STATE_FOLDER=${shellWord(folder)} TEMPORAL_ADDRESS=${server.address}`,
      'Ctrl-C ends everything.',
    ].join('\n'),
  );
  if (!session.interrupted.aborted) await once(session.interrupted, 'abort');
}

/** Rejects on Ctrl-C: the demo has nothing that would be worth waiting for. */
function interruption({ interrupted }: Session): Promise<never> {
  return new Promise((_, reject) => {
    const interrupt = () => reject(new Interrupted());
    if (interrupted.aborted) interrupt();
    else interrupted.addEventListener('abort', interrupt, { once: true });
  });
}

/** Who ends us in another way, or closes the terminal, wants the same: everything gone. */
function endLikeOnInterrupt(): void {
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.kill(process.pid, 'SIGINT'));
  }
}
