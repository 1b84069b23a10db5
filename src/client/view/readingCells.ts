import type { ReadingBase } from '../../domain/clusterReading';
import { formatBytes, formatShare } from '../../domain/rendering/sizes';
import { printable } from '../../domain/rendering/text';
import type { Output } from '../output';

/** What stands where nothing is known. */
export const notKnown = '-';

/** `12 % of 16`. */
export function cpuCell({ cpuShare, cpus }: { readonly cpuShare?: number; readonly cpus?: number }): string {
  if (cpus === undefined) return notKnown;
  return cpuShare === undefined ? `of ${cpus}` : `${formatShare(cpuShare)} of ${cpus}`;
}

/** `7.5 GiB of 64 GiB (12 %)`. */
export function useCell(usedBytes: number | undefined, totalBytes: number | undefined): string {
  if (totalBytes === undefined) return notKnown;
  if (usedBytes === undefined) return `of ${formatBytes(totalBytes)}`;
  const share = totalBytes > 0 ? ` (${formatShare(usedBytes / totalBytes)})` : '';
  return `${formatBytes(usedBytes)} of ${formatBytes(totalBytes)}${share}`;
}

/** `12 d 4 h`, `4 h 03 min`, `3 min`. */
export function uptimeCell(seconds: number | undefined): string {
  if (seconds === undefined) return notKnown;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${minutes} min`;
}

/** Who did not answer and why, and what makes a reading doubtful; a line each. */
export function readingNotes({ colors }: Output, { unanswered, warnings }: ReadingBase): string[] {
  return [
    ...unanswered.map(({ node, problem }) => {
      const said = problem.proxmoxSaid === undefined ? '' : ` (${printable(problem.proxmoxSaid)})`;
      return `${colors.red(`No answer from ${printable(node)}:`)} ${printable(problem.failed)}${said}. Next: ${printable(problem.remedy)}`;
    }),
    ...warnings.map((warning) => colors.yellow(`Warning: ${printable(warning)}`)),
  ];
}
