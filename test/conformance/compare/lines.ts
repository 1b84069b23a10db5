/** A part of a line of a command's output that depends on the run; its width is compared all the same. */
interface VolatilePart {
  readonly endpoint: RegExp;
  /** The first group is what is masked. */
  readonly pattern: RegExp;
  readonly reason: string;
}

const parts: readonly VolatilePart[] = [
  {
    endpoint: /^\/commands\/qm list\b/,
    pattern: /^ *\d+ .{20} running +\d+ +[\d.]+ ([1-9]\d* +)$/,
    reason: 'process id of a running machine',
  },
  {
    endpoint: /^\/commands\/pvesm status\b/,
    pattern: /^\S+ +\S+ +active +\d+( +\d+ +\d+ +\d+\.\d\d)%$/,
    reason: 'used, available and share depend on what lies on the storage',
  },
  {
    endpoint: /^\/commands\/pvecm status\b/,
    pattern: /^Date: {13}(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$/,
    reason: 'now',
  },
  {
    endpoint: /^\/commands\/pvecm status\b/,
    pattern: /^Ring ID: {10}1\.([0-9a-f]+)$/,
    reason: 'counts how often the membership has changed',
  },
];

/** The line with what depends on the run replaced by as many `#`. */
export function maskLine(endpoint: string, line: string): string {
  const part = parts.find((one) => one.endpoint.test(endpoint) && one.pattern.test(line));
  if (part === undefined) return line;
  return line.replace(part.pattern, (whole: string, volatile: string) =>
    whole.replace(volatile, '#'.repeat(volatile.length)),
  );
}
