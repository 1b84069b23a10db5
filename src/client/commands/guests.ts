import type { Command } from 'commander';
import { z } from 'zod';
import type { GuestSummary } from '../../domain/clusterReading';
import { showReading } from '../reading/show';
import { shownRows } from '../reading/showRows';
import { sorted, type SortKeys } from '../reading/sorting';
import type { Session } from '../session';
import { guestTable } from '../view/guestTable';
import {
  repeatable,
  repeatableChoice,
  rowFilterOf,
  rowFilterOptions,
  withSorting,
  withWatch,
} from './readingOptions';
import { examples } from './shared';

const keys: SortKeys<GuestSummary> = {
  vmid: { value: (guest) => guest.vmid },
  name: { value: (guest) => guest.name },
  node: { value: (guest) => guest.node },
  status: { value: (guest) => guest.status },
  cpu: { value: (guest) => guest.cpuShare, largestFirst: true },
  memory: { value: (guest) => guest.memoryUsedBytes, largestFirst: true },
  uptime: { value: (guest) => guest.uptimeSeconds, largestFirst: true },
};

/** Ours, and QEMU's run states as Proxmox passes them on (behaviour: 4.2, 5.21). */
const statuses = [
  ...['running', 'stopped', 'template', 'unknown', 'paused', 'suspended', 'prelaunch', 'inmigrate'],
  ...['postmigrate', 'finish-migrate', 'save-vm', 'restore-vm', 'io-error', 'internal-error', 'shutdown'],
  ...['guest-panicked', 'watchdog', 'debug', 'colo'],
];

/** `pxm guests [guest]`: virtual machines and containers. */
export function addGuestsCommand(program: Command, session: Session): void {
  const command = program
    .command('guests')
    .argument('[guest]', 'one guest only: its VMID, or its name if no other has the same')
    .summary('list virtual machines and containers')
    .description(
      'Lists virtual machines and containers, each as its own node shows it. Guests of a node that does not answer are listed as unknown, whatever they did before; the exit code is 1 then.',
    )
    .addOption(repeatable('--node <node>', 'only on this node'))
    .addOption(repeatable('--name <pattern>', 'only names that fit, with * and ?'))
    .addOption(repeatable('--tag <tag>', 'only with this tag'))
    .addOption(repeatableChoice('--status <status>', 'only in this state', statuses));
  withWatch(withSorting(command, keys, 'vmid'));
  examples(command, [
    ['pxm guests --node pve01 --status running', 'what runs on a node'],
    ["pxm guests --name 'web-*' --sort memory", 'by a pattern, the largest first'],
    ['pxm guests --tag kubernetes --json', 'for programs'],
    ['pxm guests 101 --watch', 'follow one guest'],
  ]).action(async (guest: string | undefined) => {
    const given = options.parse(command.opts());
    const { sort, reverse, watch, tag } = given;
    const one = guest === undefined ? {} : { guest };
    const question = { ...rowFilterOf(given), tags: tag, ...one };
    session.exitCode = await showReading(session, watch, async (reader) => {
      const list = await reader.read({ view: 'guests', question });
      const guests = sorted(list.guests, keys, sort, reverse);
      return shownRows(
        session.output,
        { ...list, guests },
        { what: 'guest', rows: guests, table: guestTable },
      );
    });
  });
}

const options = rowFilterOptions.extend({ tag: z.array(z.string()).default([]) });
