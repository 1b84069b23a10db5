import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { Stage } from './stage';
import { truthOf } from './truth';

/** Keeps in the stage's folder, beside the workers' logs, what tells why a cell failed: history, calls, the truth. */
export async function keepEvidence({ folder, handle, simulator, journal }: Stage): Promise<void> {
  const keep = (name: string, value: unknown) =>
    writeFile(join(folder, name), JSON.stringify(value, undefined, 1));
  const { control } = simulator;
  await keep('requests.json', control.requests());
  await keep('calls.json', journal.arrivals());
  await keep('truth.json', [...truthOf(control)]);
  await keep('guests.json', control.guests());
  const tasks = control.cluster.tasks.all();
  await keep(
    'tasks.json',
    tasks.map(({ upid, exitStatus, lines }) => ({ upid, exitStatus, lines })),
  );
  await writeFile(join(folder, 'history.json'), historyToJSON(await handle.fetchHistory()));
}
