import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { GuestTruth, SimulatorControl } from '../../simulator';
import { createLedgerClient } from '../../src/activities/ledger/client';
import type { Ending } from './operation';
import type { CrashScenario } from './scenarios/scenario';
import type { Stage } from './stage';
import { until } from './wait';

/** Where a guest is at the end, as text to compare: node, status, and each volume with its node. */
export type Places = ReadonlyMap<number, string>;

/** The places of all guests. */
export function placesOf(guests: readonly GuestTruth[]): Places {
  return new Map(
    guests.map((guest) => {
      const volumes = guest.volumes.map(({ volid, node }) => `${volid}@${node ?? 'shared'}`).toSorted();
      return [guest.vmid, [guest.node, guest.status, ...guest.processesOn, ...volumes].join(' ')];
    }),
  );
}

/** What must hold after every operation, whatever died in it. Empty: all of it does. */
export async function problemsOf(
  stage: Stage,
  scenario: CrashScenario,
  ending: Ending,
  reference: Places | undefined,
): Promise<string[]> {
  if (ending.problem !== undefined) return [ending.problem];
  const { control } = stage.simulator;
  await quiet(control);
  return [
    ...clusterProblems(control, reference),
    ...(await leases(stage)),
    ...(await reportFileProblems(stage, ending.result)),
    ...scenario.problems(control, ending.result),
  ];
}

/** What is wrong in the cluster itself. Without a reference any place is right. */
export function clusterProblems(control: SimulatorControl, reference: Places | undefined): string[] {
  const guests = control.guests();
  return [
    ...control.runningTasks().map(({ upid }) => `still running: ${upid}`),
    ...guests.flatMap(guestProblems),
    ...guests.flatMap(({ vmid }) => secondTaskProblems(control, vmid)),
    ...(reference === undefined ? [] : differences(reference, placesOf(guests))),
    ...unownedVolumes(control),
  ];
}

/** A thawed worker may still send something after the operation has ended. */
async function quiet(control: SimulatorControl): Promise<void> {
  const quietForMs = 500;
  await until('the end of all requests', () => {
    const last = control.requests().at(-1);
    return last === undefined || (last.outcome !== 'open' && Date.now() - last.receivedAtMs > quietForMs);
  });
  const tasksEnd = until('', () => control.runningTasks().length === 0, { withinMs: 10_000 });
  await tasksEnd.catch(() => undefined);
}

function guestProblems(guest: GuestTruth): string[] {
  const { vmid, lock, migrationsStarted, wasInTwoPlaces, node, processesOn } = guest;
  return [
    ...(lock === undefined ? [] : [`guest ${vmid} is locked (${lock})`]),
    ...(migrationsStarted > 1 ? [`guest ${vmid} was begun to migrate ${migrationsStarted} times`] : []),
    ...(wasInTwoPlaces ? [`guest ${vmid} was in two places`] : []),
    ...processesOn.filter((it) => it !== node).map((it) => `guest ${vmid} has a process left on ${it}`),
  ];
}

/** How a late duplicate ends that came before the first task had locked the configuration (docs/reliability.md). */
const waitedInVain = /^can't lock file '\/var\/lock\/pve-manager\/pve-migrate-\d+' - got timeout$/;

/** Not the simulator's own count: a second task may only have waited for the first one's lock, in vain. */
function secondTaskProblems(control: SimulatorControl, vmid: number): string[] {
  return control.cluster.tasks
    .all()
    .filter(({ parts }) => parts.type === 'qmigrate' && parts.id === String(vmid))
    .filter(({ exitStatus }) => exitStatus === undefined || !waitedInVain.test(exitStatus))
    .slice(1)
    .map(
      ({ upid, exitStatus }) =>
        `guest ${vmid} had another migration task: ${upid} ${exitStatus ?? 'running'}`,
    );
}

function differences(reference: Places, found: Places): string[] {
  const vmids = new Set([...reference.keys(), ...found.keys()]);
  return [...vmids]
    .filter((vmid) => reference.get(vmid) !== found.get(vmid))
    .map((vmid) => `guest ${vmid}: ${found.get(vmid) ?? 'gone'} instead of ${reference.get(vmid) ?? 'none'}`);
}

function unownedVolumes(control: SimulatorControl): string[] {
  const configs = new Map(control.guests().map(({ vmid, config }) => [vmid, Object.values(config)]));
  return control.cluster.volumes
    .all()
    .filter(({ vmid, volid }) => {
      const values = vmid === undefined ? undefined : configs.get(vmid);
      return values !== undefined && !values.some((it) => it === volid || it.startsWith(`${volid},`));
    })
    .map(({ volid, node }) => `${volid} on ${node ?? 'a shared storage'} belongs to no guest`);
}

async function leases(stage: Stage): Promise<string[]> {
  const { client } = stage.temporal.connected;
  const ledger = await createLedgerClient(client, stage.cluster).view();
  const { nodes, memory, vmids, storage, cloneSlots } = ledger;
  return [
    ...vmids.map(({ vmid, purpose }) => `VMID ${vmid} (${purpose}) is still leased`),
    ...storage.map((it) => `room on ${it.storage} is still reserved (${it.purpose})`),
    ...cloneSlots.map((it) => `a clone slot on ${it.storage} is still taken (${it.purpose})`),
    ...nodes.map(({ node }) => `${node} is still leased`),
    ...memory.map(({ vmid, target }) => `memory for ${vmid} is still reserved on ${target}`),
  ];
}

/** Every operation writes its report into the worker's state folder, whichever worker that was. */
async function reportFileProblems({ folder }: Stage, result: unknown): Promise<string[]> {
  const reports = join(folder, 'state', 'reports');
  const files = await readdir(reports).catch(() => []);
  const [file] = files;
  if (file === undefined || files.length > 1) return [`${files.length} report files were written`];
  const written: unknown = JSON.parse(await readFile(join(reports, file), 'utf8'));
  return isDeepStrictEqual(written, result) ? [] : ["the report file is not the workflow's result"];
}
