import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { searchAttributeTypes } from '../domain/names';
import { childEnvironment, isAlive, spawnWithoutCoreFile } from './childProcess';
import { run } from './executable/run';

/** What the server process is started with. */
export interface ServerProcessOptions {
  readonly executable: string;
  readonly databaseFile: string;
  readonly logFile: string;
  readonly port: number;
  readonly uiPort: number;
}

/**
 * Starts `temporal server start-dev` on loopback, in a process group of its own (Ctrl-C in our terminal does
 * not reach it), without core files, its output appended to the log file. It outlives us.
 */
export async function spawnServer(options: ServerProcessOptions): Promise<ChildProcess> {
  const log = await open(options.logFile, 'a', 0o600);
  try {
    const child = spawnWithoutCoreFile(options.executable, serverArguments(options), {
      env: childEnvironment(),
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

function serverArguments({ databaseFile, port, uiPort }: ServerProcessOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', databaseFile, '--log-level', 'warn', '--ui-disable-news-fetch'],
    ...Object.entries(searchAttributeTypes).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${type}`,
    ]),
    ...Object.entries(dynamicConfig).flatMap(([name, value]) => [
      '--dynamic-config-value',
      `${name}=${JSON.stringify(value)}`,
    ]),
  ];
}

/**
 * A frozen worker (SIGSTOP, a host that hangs) keeps its connections, and the server would go on to hand it tasks
 * for a minute, each lost for one heartbeat timeout. A connection that answers no ping is closed within 7 s,
 * before the heartbeat timeout (10 s) gives its tasks to others.
 */
const dynamicConfig = { 'frontend.keepAliveTime': '2s', 'frontend.keepAliveTimeout': '5s' };

/** Whether a process is a Temporal server on this database: a pid from a file may belong to another program by now. */
export async function isServerProcess(pid: number, databaseFile: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const commandLine = await commandLineOf(pid);
  return commandLine.includes('start-dev') && commandLine.includes(databaseFile);
}

async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  }
  const asked = await run('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { timeoutMs: 5000 });
  return asked.ok ? asked.stdout : '';
}

/** Ends a process: SIGTERM, and SIGKILL if it is still there after `graceMs`. Returns once it is gone. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  if (await goneAfter(pid, 'SIGTERM', graceMs)) return;
  await goneAfter(pid, 'SIGKILL', 5000);
}

async function goneAfter(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch {
    return true;
  }
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    if (!isAlive(pid)) return true;
    await delay(50);
  }
  return false;
}
