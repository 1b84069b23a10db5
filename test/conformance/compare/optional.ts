import { pathMatches } from './rules';

/** A key that the same endpoint has in one sample and has not in another, for reasons outside of what is modelled. */
interface OptionalKey {
  readonly endpoint: RegExp;
  readonly paths: readonly string[];
  readonly reason: string;
}

const optionalKeys: readonly OptionalKey[] = [
  {
    endpoint: /\/qemu(?:\/\{vmid\}\/status\/current)?$/,
    paths: ['data.blockstat.*.idle_time_ns', 'data.*.blockstat.*.idle_time_ns'],
    reason: 'only after the guest has read or written; whether it did is up to its operating system',
  },
];

/** Whether a key may be there or not. By default every key of the recording must be there, and no other. */
export function isOptionalKey(endpoint: string, path: readonly string[]): boolean {
  return optionalKeys.some(
    (key) => key.endpoint.test(endpoint) && key.paths.some((pattern) => pathMatches(pattern, path)),
  );
}
