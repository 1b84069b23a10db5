import { dirname, join, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { exitCodes } from '../../domain/exitCodes';
import { shellWord } from '../../domain/rendering/commands';
import { untilEnded } from '../processes/foreground';
import { standInsProgram } from '../processes/programs';
import {
  writeSimulatedConfig,
  type SimulatedFiles,
  type SimulatorReady,
} from '../processes/simulatedCluster';
import { shippedScenarios } from '../processes/scenarios';
import { spawnSimulator, untilReady } from '../processes/simulatorProcess';
import type { Session } from '../session';
import { examples } from './shared';

/** `pxm simulate`: a Proxmox cluster in one process, to try things on. */
export function addSimulateCommand(program: Command, session: Session): void {
  const command = program
    .command('simulate')
    .argument('[scenario]', 'a shipped one (below), or a YAML file', 'three-nodes')
    .summary('run a simulated Proxmox cluster, and write a configuration for it')
    .description(
      'Runs a simulated Proxmox cluster on loopback until Ctrl-C, and writes a folder with a cluster-config.yaml for it.',
    )
    .option('--folder <folder>', 'where the configuration is written', 'simulated-cluster')
    .option('--speed <factor>', 'simulated seconds in one second', speed, '1')
    .addHelpText('after', (shown) => scenarioHelp(shown.command));
  examples(command, [
    ['pxm simulate --speed 10', 'the cluster of the demo, ten times as fast; it prints what to type then'],
    ['pxm simulate untouched', 'a cluster on which pxm bootstrap begins'],
  ]).action(async (scenario: string) => {
    const given = options.parse(command.opts());
    const child = spawnSimulator({ scenario, speed: given.speed });
    try {
      const ready = await untilReady(child);
      const files = writeSimulatedConfig(resolve(given.folder), ready);
      // Ctrl-C on a terminal reaches the child by itself; a signal to us alone does not.
      session.interrupted.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
      // Signals are passed on from here: who reads that it is ready may end it at once.
      const ended = untilEnded(child);
      present(session, scenario, files, ready);
      session.exitCode = await ended;
    } finally {
      child.kill('SIGTERM');
    }
    if (session.interrupted.aborted) session.exitCode = exitCodes.done;
  });
}

/** What can be simulated, by the files that are there. */
function scenarioHelp(command: Command): string {
  const help = command.createHelp();
  const scenarios = shippedScenarios();
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = scenarios.map(({ name, description }) => help.formatItem(name, width, description, help));
  return ['', 'Scenarios:', ...lines].join('\n');
}

const options = z.object({ folder: z.string(), speed: z.string() });

function speed(text: string): string {
  if (Number(text) > 0) return text;
  throw new InvalidArgumentError('It must be a number above 0.');
}

function present(session: Session, scenario: string, files: SimulatedFiles, ready: SimulatorReady): void {
  const { configFile, stateFolder, rootSshKeyFile, templates } = files;
  const { controlUrl } = ready;
  const key =
    rootSshKeyFile === undefined ? [] : [`  eval "$(ssh-agent)" && ssh-add ${shellWord(rootSshKeyFile)}`];
  const { output } = session;
  output.result(
    {
      ...{ configFile, stateFolder, templates, controlUrl, exitCode: exitCodes.done },
      ...(rootSshKeyFile === undefined ? {} : { rootSshKeyFile }),
    },
    [
      `The simulated cluster answers; its configuration is ${configFile}.`,
      'In another terminal:',
      `  export PXM_CONFIG=${shellWord(configFile)} PXM_STATE_FOLDER=${shellWord(stateFolder)}`,
      ...(scenario === 'talos-template' ? talosSteps(ready, files) : nextSteps(ready, files, key)),
      ...(controlUrl === undefined ? [] : [`Faults are ordered at ${controlUrl} (docs/simulator.md).`]),
      'Ctrl-C ends it.',
    ].join('\n'),
  );
  output.close();
}

/** On any free ports, beside a server of one's own. */
const up = '  pxm up --port 0 --ui-port 0';
const down = '  pxm down';
const downWithKey = `${down} && ssh-agent -k`;

/** What to try there. Templates need SSH, and so host keys that were accepted: the doctor asks. */
function nextSteps(
  { token }: SimulatorReady,
  { templates: [template] }: SimulatedFiles,
  key: readonly string[],
): readonly string[] {
  // The worker reads the configuration when it starts, and bootstrap offers to write into it.
  if (token === undefined) return [...key, up, '  pxm bootstrap', up, '  pxm doctor', downWithKey];
  if (template === undefined) return [up, '  pxm evacuate pve01', down];
  return [...key, up, '  pxm doctor --fix', `  pxm template create ${template}`, downWithKey];
}

/** No Talos runs in its machines, so stand-ins of them, and of the tools that talk to them, run beside it (docs/talos.md). */
function talosSteps({ controlUrl }: SimulatorReady, { configFile }: SimulatedFiles): readonly string[] {
  const { command, args } = standInsProgram();
  const folder = dirname(configFile);
  const tools = join(folder, 'tools');
  const simulator = controlUrl === undefined ? [] : ['--simulator', controlUrl];
  const standIns = [command, ...args, '--folder', tools, ...simulator].map(shellWord).join(' ');
  return [
    `  ${standIns} &`,
    `  PATH=${shellWord(join(tools, 'bin'))}:$PATH ${up.trim()}`,
    '  pxm template list',
    '  pxm cluster create <name>',
    `${down} && kill $!`,
    `<name> is that of a profile of the type talos with static addresses in ${join(folder, 'clusters')} (docs/talos.md).`,
  ];
}
