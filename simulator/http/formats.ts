import { allPrivileges } from '../access/privileges';
import { splitList } from './parameters';

/** What a format check needs to know. */
export interface FormatContext {
  readonly major: 8 | 9;
}

/** Returns Proxmox's text (without newline) if the value doesn't fit the format. */
type FormatCheck = (value: string, context: FormatContext) => string | undefined;

function matches(pattern: RegExp, complaint: (value: string) => string): FormatCheck {
  return (value) => (pattern.test(value) ? undefined : complaint(value));
}

const storageName = /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i;
const nodeName = /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const dnsName = /^(([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)\.)*([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)$/;
const macAddress = /^[a-f0-9][02468ace](?::[a-f0-9]{2}){5}$/i;
const userName = /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+$/;

const checks: Readonly<Record<string, FormatCheck>> = {
  'pve-vmid': matches(/^[1-9][0-9]{2,8}$/, () => 'value does not look like a valid VM ID'),
  'pve-node': matches(nodeName, () => 'value does not look like a valid node name'),
  'pve-configid': matches(/^[a-z][a-z0-9_-]+$/i, (value) => `invalid configuration ID '${value}'`),
  'pve-storage-id': matches(storageName, (value) => `storage ID '${value}' contains illegal characters`),
  'dns-name': matches(dnsName, () => 'value does not look like a valid DNS name'),
  'mac-addr': matches(macAddress, () => 'value does not look like a valid unicast MAC address'),
  'pve-userid': (value) => {
    if (value.length < 3) return `user name '${value}' is too short`;
    return userName.test(value) ? undefined : `value '${value}' does not look like a valid user name`;
  },
  'pve-tokenid': matches(
    /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+![A-Za-z][A-Za-z0-9.\-_]+$/,
    (value) => `value '${value}' does not look like a valid token ID`,
  ),
  'pve-roleid': matches(/^[A-Za-z0-9.\-_]+$/, (value) => `role ID '${value}' contains invalid characters`),
  'pve-groupid': matches(
    /^[A-Za-z0-9.\-_]+$/,
    (value) => `group name '${value}' contains invalid characters`,
  ),
  'pve-realm': matches(/^[A-Za-z][A-Za-z0-9.\-_]+$/, () => 'value does not look like a valid realm'),
  'pve-poolid': matches(/^[A-Za-z0-9.\-_/]+$/, (value) => `pool name '${value}' contains invalid characters`),
  'pve-tag': matches(/^[a-z0-9_][a-z0-9_\-+.]*$/i, () => 'invalid characters in tag'),
  'pve-bridge-id': matches(
    /^[a-zA-Z][a-zA-Z0-9]{1,19}(\.\d+)?$|^[a-zA-Z][\w.-]*$/,
    (value) => `invalid bridge ID '${value}'`,
  ),
  'disk-size': matches(
    /^(\d+(\.\d+)?)([KMGT])?$/,
    (value) => `value does not look like a valid disk size: ${value}`,
  ),
  'pve-priv': (value, { major }) =>
    allPrivileges(major).has(value) ? undefined : `invalid privilege '${value}'`,
  'pve-task-status-type': matches(/^(ok|error|warning|unknown)$/i, (value) => `invalid status '${value}'`),
  urlencoded: matches(/^[-%a-zA-Z0-9_.!~*'()]*$/, (value) => `invalid urlencoded string: ${value}`),
};

/**
 * Checks a named format, `-list` and `-opt` forms included. Returns Proxmox's text for the first part that doesn't fit.
 * Formats that the simulator doesn't know are accepted.
 */
export function checkFormat(format: string, value: string, context: FormatContext): string | undefined {
  const list = /^(.*)-list$/.exec(format)?.[1];
  if (list !== undefined) {
    for (const part of splitList(value)) {
      const complaint = checks[list]?.(part, context);
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  }
  const optional = /^(.*)-opt$/.exec(format)?.[1];
  if (optional !== undefined && value === '') return undefined;
  return checks[optional ?? format]?.(value, context);
}
