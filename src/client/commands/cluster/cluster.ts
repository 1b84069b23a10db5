import type { Command } from 'commander';
import type { Session } from '../../session';
import { addAdoptCommand } from './adopt';
import { addCreateCommand } from './create';
import { addDestroyCommand } from './destroy';
import { addExtendCommand } from './extend';
import { addListCommand } from './list';
import { addPlanCommand } from './plan';
import { addPurgeCommand } from './purge';
import { addRebuildCommand } from './rebuild';
import { addReplaceCommand } from './replace';
import { addScaleCommand } from './scale';
import { addStatusCommand } from './status';
import { addUndoCommand } from './undo';
import { addUpgradeCommand } from './upgrade';

const help = `
A profile in clusters/ beside cluster-config.yaml says what a cluster is; its machines are clones of a template:

  $ pxm cluster list                              profiles, and what there is of them
  $ pxm cluster plan plain-lab                    which machine would come where, and how long that takes
  $ pxm cluster create plain-lab                  plan, approval, clones, start, report
  $ pxm cluster status plain-lab                  what it should be, what it is, and what differs
  $ pxm cluster scale plain-lab node=5            more or fewer machines of a role
  $ pxm cluster destroy plain-lab --grace 24h     shut down and set aside; undo brings back, purge deletes

One operation at a time for a cluster. A machine is only ever touched if it is exactly the one that was made.
docs/clusters.md says how that is known, and what happens when something dies in the middle.`;

/** `pxm cluster`: clusters of virtual machines. */
export function addClusterCommand(program: Command, session: Session): void {
  const cluster = program
    .command('cluster')
    .summary('clusters of machines: plan, create, status, scale, replace, upgrade, destroy, undo')
    .description(
      'Makes clusters of virtual machines from profiles, changes them, and removes exactly what was made.',
    )
    .addHelpText('after', help);
  const commands = [
    ...[addListCommand, addPlanCommand, addCreateCommand, addStatusCommand],
    ...[addScaleCommand, addReplaceCommand, addUpgradeCommand, addRebuildCommand],
    ...[addDestroyCommand, addPurgeCommand, addUndoCommand, addAdoptCommand, addExtendCommand],
  ];
  for (const addCommand of commands) addCommand(cluster, session);
}
