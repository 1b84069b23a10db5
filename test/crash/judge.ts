import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { GuestTruth, SimulatorControl } from '../../simulator';
import { createLedgerClient } from '../../src/activities/ledger/client';
import { migrationsBegun, migrationTasks } from './migrations';
import type { Ending } from './operation';
import type { CrashScenario } from './scenarios/scenario';
import type { Stage } from './stage';
import { differences, truthOf, type Truth } from './truth';
import { until } from './wait';

/** What must hold after every operation, whatever died in it. Empty: all of it does. */
export async function problemsOf(
  stage: Stage,
  scenario: CrashScenario,
  ending: Ending,
  reference: Truth | undefined,
): Promise<string[]> {
  if (ending.problem !== undefined) return [ending.problem];
  const { control } = stage.simulator;
  await quiet(stage);
  return [
    ...clusterProblems(control, reference),
    ...(await leases(stage)),
    ...(await reportFileProblems(stage, ending.result)),
    ...scenario.problems(control, ending.result),
    ...((await scenario.remainsProblems?.(stage)) ?? []),
  ];
}

/** What is wrong in the cluster itself. Without a reference any place is right. */
export function clusterProblems(control: SimulatorControl, reference: Truth | undefined): string[] {
  const guests = control.guests();
  return [
    ...control.runningTasks().map(({ upid }) => `still running: ${upid}`),
    ...guests.flatMap((guest) => guestProblems(control, guest)),
    ...guests.flatMap(({ vmid }) => secondTaskProblems(control, vmid)),
    ...(reference === undefined ? [] : differences(reference, truthOf(control))),
    ...unownedVolumes(control),
  ];
}

/** A thawed worker may still send something after the operation has ended. */
async function quiet({ journal, simulator: { control } }: Stage): Promise<void> {
  const quietForMs = 500;
  await until('the end of all calls', () => {
    const arrivals = journal.arrivals();
    const last = arrivals.at(-1)?.receivedAtMs ?? 0;
    return arrivals.every(({ outcome }) => outcome !== 'open') && Date.now() - last > quietForMs;
  });
  const tasksEnd = until('', () => control.runningTasks().length === 0, { withinMs: 10_000 });
  await tasksEnd.catch(() => undefined);
}

function guestProblems(control: SimulatorControl, guest: GuestTruth): string[] {
  const { vmid, lock, wasInTwoPlaces, node, processesOn } = guest;
  const begun = migrationsBegun(control, guest);
  return [
    ...(lock === undefined ? [] : [`guest ${vmid} is locked (${lock})`]),
    ...(begun > 1 ? [`guest ${vmid} was begun to migrate ${begun} times`] : []),
    ...(wasInTwoPlaces ? [`guest ${vmid} was in two places`] : []),
    ...processesOn.filter((it) => it !== node).map((it) => `guest ${vmid} has a process left on ${it}`),
  ];
}

/** A second task may only have been a late duplicate that has changed nothing. */
function secondTaskProblems(control: SimulatorControl, vmid: number): string[] {
  return migrationTasks(control, vmid)
    .slice(1)
    .map(
      ({ upid, exitStatus }) =>
        `guest ${vmid} had another migration task: ${upid} ${exitStatus ?? 'running'}`,
    );
}

/** Volumes that no guest names, whether the guest that they are called after is there or not. */
function unownedVolumes(control: SimulatorControl): string[] {
  const configs = new Map(control.guests().map(({ vmid, config }) => [vmid, Object.values(config)]));
  return control.cluster.volumes
    .all()
    .filter(({ vmid, volid }) => {
      // Images to import, discs and snippets are of no guest.
      if (vmid === undefined) return false;
      const values = configs.get(vmid) ?? [];
      return !values.some((it) => it === volid || it.startsWith(`${volid},`));
    })
    .map(({ volid, node }) => `${volid} on ${node ?? 'a shared storage'} belongs to no guest`);
}

async function leases(stage: Stage): Promise<string[]> {
  const { client } = stage.temporal.connected;
  const ledger = await createLedgerClient(client, stage.cluster).view();
  const { nodes, memory, vmids, storage, cloneSlots, addresses } = ledger;
  return [
    ...vmids.map(({ vmid, purpose }) => `VMID ${vmid} (${purpose}) is still leased`),
    ...storage.map((it) => `room on ${it.storage} is still reserved (${it.purpose})`),
    ...addresses.map((it) => `the address ${it.address} is still leased (VM ${it.vmid})`),
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
