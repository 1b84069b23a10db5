import type { Command } from 'commander';
import { ManagerError, problem } from '../../../domain/errors';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { readClusterView } from '../../clusters/readCluster';
import { noCluster } from '../../clusters/startChange';
import { profileNames } from '../../../config/profiles/load';
import { exitCodeOfReading, showReading } from '../../reading/show';
import type { Session } from '../../session';
import { clusterStatusView, isAsItShouldBe } from '../../view/clusterStatusView';
import { readingNotes } from '../../view/readingCells';
import { isTalosRight } from '../../view/talosStateLines';
import { sayIfSlow } from '../../slow';
import { examples, noAnswerYet } from '../shared';

/** `pxm cluster status`: desired against real. */
export function addStatusCommand(cluster: Command, session: Session): void {
  const command = cluster
    .command('status')
    .argument('<profile>', 'the name of its profile')
    .summary('what it should be, what it is, and what differs')
    .description(
      'Compares what the profile asks for with the members that are recorded and with what Proxmox shows, machine by machine: cores, memory, disks, cards, addresses, tags, pool, start order; of a Talos cluster also what etcd, Kubernetes and Flux tell; then its times, and what is under way. Exits 1 where a machine, or one of these, is not as it should be, something can not be seen, or no worker answers.',
    );
  examples(command, [
    ['pxm cluster status plain-lab', 'is it as it should be?'],
    ["pxm cluster status plain-lab --json | jq '.machines[] | {name, state}'", 'for programs'],
  ]).action(async (profile: string) => {
    session.exitCode = await status(session, profile);
  });
}

async function status(session: Session, profile: string): Promise<ExitCode> {
  const config = session.config();
  const attempted = `look at the cluster ${profile}`;
  const asked = readClusterView(await session.client(), config.cluster.name, profile);
  const view = await sayIfSlow(session.output, noAnswerYet, asked);
  if (view === undefined) throw recordUnknown(attempted);
  if (view === null && !profileNames(config).includes(profile)) throw noCluster(attempted, profile, config);
  const record = view?.record;
  return showReading(session, undefined, async (reader) => {
    const reading = await reader.read({
      view: 'machines',
      question: { profile, ...(record === undefined ? {} : { record }) },
    });
    const { machines, talos } = reading;
    const areRight = machines.every(isAsItShouldBe);
    const isRight = areRight && (talos === undefined || isTalosRight(talos));
    return {
      document: { ...reading, ...(view === null ? {} : { kept: view }) },
      text: () => clusterStatusView(session.output, reading, view),
      notes: readingNotes(session.output, reading),
      exitCode: isRight ? exitCodeOfReading(reading) : exitCodes.incomplete,
    };
  });
}

/** Without it every machine of the profile would be shown as missing. */
function recordUnknown(attempted: string): ManagerError {
  return new ManagerError(
    problem('NoWorker', {
      attempted,
      failed: 'no worker answered within 5 s: which machines are its members only the worker tells',
    }),
  );
}
