import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { isAlive } from '../../src/temporal/childProcess';
import { filesBelow } from './files';
import type { Evidence } from './search';
import { waitUntil } from '../support/waitUntil';

const readyLine = z.object({ event: z.literal('ready'), healthUrl: z.url(), metricsUrl: z.url() });

/** What the worker that wrote this log tells over HTTP: its health and its metrics. */
export async function answersOf(logFile: string): Promise<Evidence[]> {
  const lines = readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"ready"'));
  const { healthUrl, metricsUrl } = readyLine.parse(JSON.parse(lines.at(-1) ?? ''));
  return Promise.all(
    [healthUrl, metricsUrl].map(async (name) => ({
      name,
      bytes: Buffer.from(await (await fetch(name)).arrayBuffer()),
    })),
  );
}

/** Core files, diagnostic reports and heap snapshots below a folder. */
export function dumpsBelow(folder: string): string[] {
  const names = [...filesBelow(folder)].map(({ name }) => name);
  return names.filter((name) => /^(core(\.\d+)?|report\..*|.*\.heapsnapshot)$/.test(basename(name)));
}

/** Resolves once a process has ended; its parent need not have noticed. */
export async function gone(pid: number): Promise<void> {
  await waitUntil(`the end of process ${pid}`, () =>
    Promise.resolve(!isAlive(pid) || isZombie(pid) ? true : undefined),
  );
}

/** The limit of a process's core file, soft and hard, in the words of the kernel. */
export function coreLimitOf(pid: number): string {
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
  return /^Max core file size +(\S+ +\S+)/m.exec(limits)?.[1]?.replaceAll(/ +/g, ' ') ?? limits;
}

/** The processes that a process has started and that run. */
export function childrenOf(pid: number | undefined): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
