import type { Command } from 'commander';
import type { Session } from '../../session';
import { change, changeCommand, changeOptions } from './change';

/** `pxm cluster create`: makes the machines of a profile, and finishes what was begun. */
export function addCreateCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'create',
    summary: 'make the machines of a profile: plan, approval, clones, start, report',
    description:
      'Makes the machines that a profile describes: clones of its template on the right nodes, configured, started, and proven ready, each for itself, control planes first. One that fails is left as it is with a question, the others go on. Asked again it makes what is missing and finishes what was begun.',
    examples: [
      ['pxm cluster create plain-lab', 'plan, ask, make, report'],
      ['pxm cluster create plain-lab --dry-run', 'only the plan: which machine comes where, and how'],
      [
        'pxm cluster create plain-lab --approve 1f0c3a5b7d9e --detach',
        'the plan seen before; nobody watches',
      ],
    ],
  });
  command.action(async (profile: string) => {
    session.exitCode = await change(
      session,
      { action: 'create', profile },
      changeOptions.parse(command.opts()),
    );
  });
}
