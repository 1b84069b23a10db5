import type { ClusterState } from '../cluster/state';
import type { ApiCall } from '../http/call';
import type { SeededRandom } from '../random';

const models =
  'e1000|e1000-82540em|e1000-82544gc|e1000-82545em|e1000e|i82551|i82557b|i82559er|ne2k_isa|ne2k_pci|pcnet|rtl8139|virtio|vmxnet3';

/** A network card as it is stored: model with MAC first; one is made up where it is missing (behaviour.md 5.4). */
export function networkCardText(value: string, random: SeededRandom, macPrefix: string): string {
  const options = new Map(value.split(',').map(splitOption));
  const [model, mac] = modelOf(options);
  const rest = [...options].filter(([key]) => key !== model && !['model', 'macaddr', ''].includes(key));
  const sorted = rest
    .filter(([key]) => !new RegExp(`^(${models})$`).test(key))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const address = mac === '' ? random.macAddress(macPrefix) : mac.toUpperCase();
  return [`${model}=${address}`, ...sorted.map(([key, text]) => `${key}=${text}`)].join(',');
}

/** The bridge of a stored network card. */
export function bridgeOf(value: string): string | undefined {
  return /(?:^|,)bridge=([^,]+)/.exec(value)?.[1];
}

/** True if the bridge exists on the node. */
export function bridgeExists({ nodes }: ClusterState, node: string, bridge: string): boolean {
  return nodes.get(node)?.bridges.includes(bridge) === true;
}

/** Ends the call with 403 unless the caller may use the card's bridge and VLAN tags (behaviour.md 2.5). */
export function checkBridgeAccess(call: ApiCall, value: string): void {
  const bridge = bridgeOf(value);
  if (bridge === undefined) return;
  const path = `/sdn/zones/localnetwork/${bridge}`;
  const tag = /(?:^|,)tag=(\d+)/.exec(value)?.[1];
  const trunks = /(?:^|,)trunks=([^,]+)/.exec(value)?.[1]?.split(';') ?? [];
  const paths = [...(tag === undefined ? [] : [tag]), ...trunks].map((vlan) => `${path}/${vlan}`);
  for (const wanted of paths.length === 0 ? [path] : paths) call.requirePrivilege(wanted, ['SDN.Use']);
}

function modelOf(options: ReadonlyMap<string, string>): readonly [string, string] {
  const named = options.get('model');
  if (named !== undefined) return [named, options.get('macaddr') ?? ''];
  const [model = 'virtio', mac = ''] =
    [...options].find(([key]) => new RegExp(`^(${models})$`).test(key)) ?? [];
  return [model, mac === '' ? (options.get('macaddr') ?? '') : mac];
}

function splitOption(part: string): readonly [string, string] {
  const at = part.indexOf('=');
  return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
}
