import type { ClusterRecord } from '../../../domain/cluster/member';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { readClusterView } from '../../clusters/readCluster';
import { readLedger } from '../../operations/readLedger';
import type { Session } from '../../session';
import { scene } from '../narration';
import type { DemoStage } from '../stage';
import { readTasks } from '../truth';
import { playAct, type PlayedAct } from './act';
import { demoActs } from './acts';
import { controlUrlOf } from './changing';
import { claimsOf, type DemoClaim } from './claims';
import { demoProfile, profileText } from './profile';
import { standInStateFile } from './standIns';
import { addStranger, timesTouched, type DemoStranger } from './stranger';
import { claimTable, machineTable } from './tables';
import { readDisks, readMachines, readStandIns, type ClusterMachine } from './truth';

/** What has happened so far. */
interface Told {
  readonly acts: PlayedAct[];
  stranger?: DemoStranger;
}

/**
 * Tells the story of a Talos cluster: created, scaled, a machine replaced, destroyed, taken back. The worker is killed in
 * the middle of each; at the end the truth of the simulator and of the stand-ins.
 */
export async function tellClusterStory(session: Session, stage: DemoStage): Promise<ExitCode> {
  await showCluster(session, stage);
  const told: Told = { acts: [] };
  const { pid } = await stage.startWorker();
  const failed = await playAll(session, stage, told, pid);
  if (failed === undefined) return showTruth(session, stage, told);
  session.output.result({ acts: told.acts, exitCode: failed }, '');
  return failed;
}

async function showCluster(session: Session, stage: DemoStage): Promise<void> {
  scene(session, 'The cluster', [
    `A simulated Proxmox VE ${stage.version} cluster runs on this machine, with a Temporal server and a worker.`,
    `Temporal's Web UI is open while the demo runs: ${stage.server.webUiUrl}`,
    'talosctl, flux, Talos inside the machines and the Kubernetes API are stand-ins: programs of this package that behave as',
    'the real ones do, as far as that is known here (docs/talos.md). No Talos boots, and nothing is pushed to Git.',
    'A template of Talos is there, and nothing else:',
  ]);
  const machines = await readMachines(controlUrlOf(stage));
  session.output.result({ before: machines }, machineTable(session, machines));
  scene(session, 'The profile', [
    `clusters/${demoProfile}.yaml says what the cluster is: three control planes and three workers, filled by Flux.`,
  ]);
  const { dim } = session.output.colors;
  const lines = profileText.trimEnd().split('\n');
  session.output.note(lines.map((line) => dim(`  | ${line}`)).join('\n'));
}

/** The exit code of the first act that went wrong; undefined if all went well. */
async function playAll(
  session: Session,
  stage: DemoStage,
  told: Told,
  firstPid: number,
): Promise<ExitCode | undefined> {
  let pid = firstPid;
  for (const act of Object.values(demoActs)) {
    const before = await readMachines(controlUrlOf(stage));
    const played = await playAct(session, stage, act, pid);
    told.acts.push(played);
    if (played.exitCode !== exitCodes.done) return played.exitCode;
    pid = played.workerPid;
    const [gone] = act === demoActs.scale ? deletedFrom(before, played) : [];
    const stranger = gone && (await addStranger(session, stage, gone));
    if (stranger !== undefined) told.stranger = stranger;
  }
  return undefined;
}

function deletedFrom(before: readonly ClusterMachine[], { report }: PlayedAct): readonly ClusterMachine[] {
  const vmids = report?.machines.filter(({ outcome }) => outcome === 'deleted').map(({ vmid }) => vmid) ?? [];
  return before.filter(({ vmid }) => vmids.includes(vmid));
}

async function showTruth(session: Session, stage: DemoStage, { acts, stranger }: Told): Promise<ExitCode> {
  const controlUrl = controlUrlOf(stage);
  const record = await readRecord(stage);
  const uuids = record.members.flatMap(({ uuid }) => uuid ?? []);
  const standIns = await readStandIns(standInStateFile(stage.folder), uuids);
  const [machines, disks, tasks, ledger] = await Promise.all([
    readMachines(controlUrl),
    readDisks(controlUrl),
    readTasks(controlUrl),
    readLedger({ client: () => Promise.resolve(stage.temporal.client) }, stage.config.cluster.name),
  ]);
  const strangerTouched =
    stranger === undefined
      ? 0
      : (await timesTouched(controlUrl, stranger.machine.vmid)) - stranger.tasksBefore;
  const seen = { machines, disks, tasks, strangerTouched, standIns, ledger };
  const claims = claimsOf({ acts, record, stranger, ...seen });
  scene(session, 'All of it', [verdict(acts, claims)]);
  const exitCode = claims.every(({ holds }) => holds) ? exitCodes.done : exitCodes.incomplete;
  const document = { acts, record, stranger, claims, machines, exitCode };
  session.output.result(document, claimTable(session, claims));
  session.output.note('');
  session.output.result(document, machineTable(session, machines, record));
  return exitCode;
}

function verdict(acts: readonly PlayedAct[], claims: readonly DemoClaim[]): string {
  return claims.every(({ holds }) => holds)
    ? `${acts.length} operations, ${acts.length} killed workers. The simulator and the stand-ins know what really happened:`
    : 'The simulator and the stand-ins disagree with what was told:';
}

async function readRecord({ temporal, config }: DemoStage): Promise<ClusterRecord> {
  const view = await readClusterView(temporal.client, config.cluster.name, demoProfile);
  return view?.record ?? { profile: demoProfile, instance: '', members: [] };
}
