import { connect } from 'node:net';
import { agentAddresses, agentAnswers } from '../../proxmox/api/agent';
import { qemuConfig, type GuestPlace } from '../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';

/** The port of Talos' API, in maintenance mode too. */
export const talosPort = 50_000;

/** What is known of the API of a clone. */
export type TalosApi =
  { readonly address: string; readonly answers: boolean } | { readonly address: undefined };

/**
 * Whether the API of Talos takes connections. Its address is the one that cloud-init data gives it, or what a guest
 * agent tells where the schematic has that extension; an address by DHCP alone nobody can know.
 */
export async function lookAtTalosApi(
  client: ProxmoxClient,
  place: GuestPlace,
  port: number,
  options: CallOptions,
): Promise<TalosApi> {
  const address = await talosAddress(client, place, options);
  return address === undefined ? { address } : { address, answers: await takesConnections(address, port) };
}

/** The address of a Talos machine, where anything tells it. */
export async function talosAddress(
  client: ProxmoxClient,
  place: GuestPlace,
  options: CallOptions,
): Promise<string | undefined> {
  return (await givenAddress(client, place, options)) ?? (await toldAddress(client, place, options));
}

async function givenAddress(client: ProxmoxClient, place: GuestPlace, options: CallOptions) {
  const { keys } = await qemuConfig(client, place, options);
  return /(?:^|,)ip=([\d.]+)\//.exec(keys.get('ipconfig0') ?? '')?.[1];
}

async function toldAddress(client: ProxmoxClient, place: GuestPlace, options: CallOptions) {
  return (await toldAddresses(client, place, options))[0];
}

/**
 * The addresses that a guest agent tells now, IPv4 first, without those that every machine gives itself; none where it is
 * silent.
 */
export async function toldAddresses(
  client: ProxmoxClient,
  place: GuestPlace,
  options: CallOptions,
): Promise<readonly string[]> {
  if (!(await agentAnswers(client, place, options))) return [];
  const addresses = await agentAddresses(client, place, options);
  const isIpv4 = (address: string) => !address.includes(':');
  const given = addresses.filter((address) => !/^(127\.|169\.254\.|::1$|fe80:)/i.test(address));
  return [...given.filter(isIpv4), ...given.filter((address) => !isIpv4(address))];
}

const connectWithinMs = 2_000;

/** Whether something takes connections at an address, within 2 s. */
function takesConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectWithinMs });
    const settle = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
