import type { GuestFacts } from '../../planning/facts';
import { qemuConfig } from '../../proxmox/api/guests';
import { migrationPreconditions } from '../../proxmox/api/migration';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { configFacts, preconditionFacts, problemOfGuest, withFailure, withReads } from './guestFacts';

/**
 * Two requests: the guest's configuration and its preconditions. A failure that concerns only this guest becomes
 * part of its facts; others (credentials, quorum, cancellation) are thrown.
 */
export async function readGuest(
  client: ProxmoxClient,
  node: string,
  guest: GuestFacts,
  options: CallOptions,
): Promise<GuestFacts> {
  return guarded(guest, async () => {
    const place = { node, vmid: guest.vmid };
    const [preconditions, config] = await Promise.all([
      migrationPreconditions(client, place, options),
      qemuConfig(client, place, options),
    ]);
    return withReads(guest, { preconditions: preconditionFacts(preconditions), config: configFacts(config) });
  });
}

/** One request: the preconditions, which say all that can speak against a planned move at the last moment. */
export async function readPreconditions(
  client: ProxmoxClient,
  node: string,
  guest: GuestFacts,
  options: CallOptions,
): Promise<GuestFacts> {
  return guarded(guest, async () => {
    const answer = await migrationPreconditions(client, { node, vmid: guest.vmid }, options);
    return withReads(guest, { preconditions: preconditionFacts(answer) });
  });
}

async function guarded(guest: GuestFacts, read: () => Promise<GuestFacts>): Promise<GuestFacts> {
  try {
    return await read();
  } catch (error) {
    const failure = problemOfGuest(error);
    if (failure === undefined) throw error;
    return withFailure(guest, failure);
  }
}
