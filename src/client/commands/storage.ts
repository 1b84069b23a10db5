import type { Command } from 'commander';
import type { StorageSummary } from '../../domain/clusterReading';
import { showReading } from '../reading/show';
import { shownRows } from '../reading/showRows';
import { sorted, type SortKeys } from '../reading/sorting';
import type { Session } from '../session';
import { storageTable } from '../view/storageTable';
import {
  repeatable,
  repeatableChoice,
  rowFilterOf,
  rowFilterOptions,
  withSorting,
  withWatch,
} from './readingOptions';
import { examples } from './shared';

const keys: SortKeys<StorageSummary> = {
  name: { value: (storage) => storage.storage },
  node: { value: (storage) => storage.nodes[0] },
  type: { value: (storage) => storage.type },
  status: { value: (storage) => storage.status },
  used: { value: (storage) => storage.usedBytes, largestFirst: true },
  share: { value: usedShare, largestFirst: true },
  free: { value: freeBytes, largestFirst: true },
};

const statuses = ['available', 'partly', 'unavailable', 'unknown'];

/** `pxm storage`: storages and their use. */
export function addStorageCommand(program: Command, session: Session): void {
  const command = program
    .command('storage')
    .summary('list storages with their use')
    .description(
      'Lists storages with their use: a shared one once, any other for each of its nodes. Figures are up to 15 s old. Unavailable means disabled, or broken on that node. Exits 1 where a node is offline.',
    )
    .addOption(repeatable('--node <node>', 'only as this node has it'))
    .addOption(repeatable('--name <pattern>', 'only names that fit, with * and ?'))
    .addOption(repeatableChoice('--status <status>', 'only in this state', statuses));
  withWatch(withSorting(command, keys, 'name'));
  examples(command, [
    ['pxm storage --sort share', 'the fullest first'],
    ['pxm storage --name local-lvm --node pve02', 'one storage of one node'],
  ]).action(async () => {
    const given = rowFilterOptions.parse(command.opts());
    session.exitCode = await showReading(session, given.watch, async (reader) => {
      const list = await reader.read({ view: 'storages', question: rowFilterOf(given) });
      const storages = sorted(list.storages, keys, given.sort, given.reverse);
      return shownRows(
        session.output,
        { ...list, storages },
        { what: 'storage', rows: storages, table: storageTable },
      );
    });
  });
}

function usedShare({ usedBytes, totalBytes }: StorageSummary): number | undefined {
  if (usedBytes === undefined || totalBytes === undefined || totalBytes === 0) return undefined;
  return usedBytes / totalBytes;
}

function freeBytes({ usedBytes, totalBytes }: StorageSummary): number | undefined {
  return usedBytes === undefined || totalBytes === undefined ? undefined : totalBytes - usedBytes;
}
