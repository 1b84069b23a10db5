import type { Questions, Readings, ReadRequest, View } from '../../domain/readRequest';
import type { ReadingDependencies } from './deps';
import { readCheckup } from './checkup';
import { readFreeVmid } from './freeVmid';
import { readGuests } from './guests';
import { readHealth } from './health';
import { readMachines } from './machines';
import { readNodes } from './nodes';
import { readStorages } from './storages';
import { readTasks } from './tasks';
import { readTemplates } from './templates';

type Reader<V extends View> = (deps: ReadingDependencies, question: Questions[V]) => Promise<Readings[V]>;

const readers: { readonly [V in View]: Reader<V> } = {
  health: readHealth,
  guests: readGuests,
  nodes: readNodes,
  storages: readStorages,
  tasks: readTasks,
  freeVmid: readFreeVmid,
  checkup: readCheckup,
  templates: readTemplates,
  machines: readMachines,
};

/** Reads one view of the cluster; changes nothing. Runs in the CLI where it holds the credentials, else in a worker. */
export function readView<V extends View>(
  deps: ReadingDependencies,
  { view, question }: ReadRequest<V>,
): Promise<Readings[V]> {
  return readers[view](deps, question);
}
