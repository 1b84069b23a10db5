import { Command } from 'commander';
import { version } from '../../package.json';
import { addAnsibleCommand } from './commands/ansible/ansible';
import { addApproveCommand } from './commands/approve';
import { addBootstrapCommand } from './commands/bootstrap';
import { addCancelCommand } from './commands/cancel';
import { addClusterCommand } from './commands/cluster/cluster';
import { addCompletionCommand } from './commands/completion';
import { addConfigCommand } from './commands/config';
import { addDecideCommand } from './commands/decide';
import { addDemoCommand } from './commands/demo';
import { addDoctorCommand } from './commands/doctor';
import { addDownCommand } from './commands/down';
import { addEvacuateCommand } from './commands/evacuate';
import { addGuestsCommand } from './commands/guests';
import { addLedgerCommand } from './commands/ledger';
import { addNextVmidCommand } from './commands/nextVmid';
import { addNodesCommand } from './commands/nodes';
import { addOperationsCommand } from './commands/operations';
import { addPauseCommand } from './commands/pause';
import { addRejectCommand } from './commands/reject';
import { addReportCommand } from './commands/report';
import { addResumeCommand } from './commands/resume';
import { addRunbookCommand } from './commands/runbook/runbook';
import { addSimulateCommand } from './commands/simulate';
import { addStatusCommand } from './commands/status';
import { addStorageCommand } from './commands/storage';
import { addTasksCommand } from './commands/tasks';
import { addTemplateCommand } from './commands/template/template';
import { addTokenCommand } from './commands/token';
import { addUpCommand } from './commands/up';
import { addWatchCommand } from './commands/watch';
import { addWorkerCommand } from './commands/worker';
import type { Session } from './session';

/** Groups of commands as `--help` shows them. */
const groups = [
  {
    title: 'Operations:',
    add: [addEvacuateCommand, addWatchCommand, addReportCommand, addOperationsCommand, addLedgerCommand],
  },
  {
    title: 'Messages to an operation:',
    add: [
      addApproveCommand,
      addRejectCommand,
      addDecideCommand,
      addPauseCommand,
      addResumeCommand,
      addCancelCommand,
    ],
  },
  {
    title: 'Looking at the cluster:',
    add: [
      addStatusCommand,
      addNodesCommand,
      addGuestsCommand,
      addStorageCommand,
      addTasksCommand,
      addNextVmidCommand,
    ],
  },
  {
    title: 'Machines, templates and procedures:',
    add: [addClusterCommand, addTemplateCommand, addRunbookCommand, addAnsibleCommand],
  },
  {
    title: 'Running it:',
    add: [
      addUpCommand,
      addDownCommand,
      addBootstrapCommand,
      addTokenCommand,
      addDoctorCommand,
      addWorkerCommand,
      addConfigCommand,
    ],
  },
  { title: 'Trying it:', add: [addDemoCommand, addSimulateCommand] },
];

const help = `
A first evacuation:
  $ pxm config check           is cluster-config.yaml right?
  $ pxm up                     start the Temporal server and the worker
  $ pxm bootstrap              once: make and store the API token, over root's SSH
  $ pxm evacuate pve01         plan, approve, watch, report

Exit codes:
  0    all done
  1    failed or incomplete: something stayed, its state is unknown, or another operation holds the node
  2    bad input or configuration, a wrong plan hash or decision included: nothing was changed
  3    the plan was rejected or has expired
  4    waits for a person, and there is no terminal to ask on
  130  interrupted while watching: the operation goes on
  141  nobody reads the output any more (pxm ... | head): the operation goes on

Environment:
  PXM_CONFIG        the configuration file
  TEMPORAL_*        where Temporal is, as for the temporal CLI
  PXM_STATE_FOLDER  database of the embedded server, reports, logs
  NO_COLOR          no colours`;

/** The command line of `pxm`. Every command sets the session's exit code; failures are thrown. */
export function buildProgram(session: Session): Command {
  const program = new Command('pxm')
    .description(
      'Runs operations on Proxmox VE clusters as durable workflows: empties nodes, makes templates and clusters of machines, runs procedures; with a plan, an approval and a proof.',
    )
    .version(version)
    .option('--json', 'print exactly one JSON document on standard output')
    .option(
      '--config <file>',
      'the configuration (default: PXM_CONFIG, ./cluster-config.yaml, the user folder)',
    )
    .showSuggestionAfterError()
    .addHelpText('after', help)
    .exitOverride()
    .configureHelp({ helpWidth: Math.min(100, session.output.columns) })
    .configureOutput({
      writeOut: (text) => session.output.help(text),
      writeErr: (text) => session.terminal.stderr.write(text),
      // The session shows every failure in one form.
      outputError: () => undefined,
    })
    .hook('preAction', () => {
      const { config } = program.opts<{ config?: string }>();
      session.configFile = config;
    });
  for (const { title, add } of groups) {
    program.commandsGroup(title);
    for (const addCommand of add) addCommand(program, session);
  }
  program.commandsGroup('Running it:');
  addCompletionCommand(program, session);
  return program;
}
