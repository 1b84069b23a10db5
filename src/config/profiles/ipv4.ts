import { isIPv4 } from 'node:net';

/** An IPv4 network; its addresses as numbers. */
export interface Network {
  readonly prefixLength: number;
  /** Address of the network itself. */
  readonly first: number;
  /** Broadcast address. */
  readonly last: number;
}

/** An IPv4 address as a number; undefined for any other text. */
export function addressNumber(text: string): number | undefined {
  if (!isIPv4(text)) return undefined;
  return text.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

/** The text of an address. */
export function addressText(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}

/** The network that `address/length` lies in, from /8 to /30; undefined for any other text. */
export function readNetwork(text: string): Network | undefined {
  const [, address = '', length = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const [number, prefixLength] = [addressNumber(address), Number(length)];
  if (number === undefined || prefixLength < 8 || prefixLength > 30) return undefined;
  const size = 2 ** (32 - prefixLength);
  const first = number - (number % size);
  return { prefixLength, first, last: first + size - 1 };
}

/** Both ends of `first-last`, in this order; undefined for any other text. */
export function readRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const [first, last, ...others] = text.split('-').map(addressNumber);
  if (first === undefined || last === undefined || others.length > 0) return undefined;
  return first <= last ? { first, last } : undefined;
}
