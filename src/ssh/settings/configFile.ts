import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import SSHConfig, { glob, parse, type Line } from 'ssh-config';

import { ManagerError, problem } from '../../domain/errors';
import { systemCode } from '../systemErrors';

/** As OpenSSH: an Include in an Include, and so on. */
const deepestInclude = 16;

/**
 * Reads a configuration file of OpenSSH (ssh_config(5)) with what it includes; a missing file is an empty one.
 * An Include inside a Host block brings plain settings only, no further blocks. Throws ConfigInvalid.
 */
export async function readSshConfig(file: string, home: string): Promise<SSHConfig> {
  return configOf(await readLines(file, home, 0));
}

async function readLines(file: string, home: string, depth: number): Promise<readonly Line[]> {
  if (depth > deepestInclude) throw unusable(file, 'it includes itself');
  const lines = parseText(await readOrEmpty(file), file);
  const expanded = await Promise.all(lines.map(async (line) => expandLine(line, home, depth)));
  return expanded.flat();
}

async function expandLine(line: Line, home: string, depth: number): Promise<readonly Line[]> {
  if (!('param' in line)) return [line];
  if ('config' in line) {
    const inner = await Promise.all(line.config.map(async (it) => expandLine(it, home, depth)));
    return [{ ...line, config: configOf(inner.flat().filter((it) => !('config' in it))) }];
  }
  const name = line.param.toLowerCase();
  // The library would start `nslookup` for it, with the whole environment of this process.
  if (name === 'canonicalizehostname') return [];
  if (name !== 'include') return [line];
  const patterns = typeof line.value === 'string' ? [line.value] : line.value.map(({ val }) => val);
  const files = await Promise.all(patterns.map(async (pattern) => matchingFiles(pattern, home)));
  const included = await Promise.all(files.flat().map(async (file) => readLines(file, home, depth + 1)));
  return included.flat();
}

/** Wildcards are understood in the last part of the path. Relative paths start at ~/.ssh. */
async function matchingFiles(pattern: string, home: string): Promise<readonly string[]> {
  const fromHome = pattern.replace(/^~(?=\/)/, home);
  const path = isAbsolute(fromHome) ? fromHome : join(home, '.ssh', fromHome);
  if (!/[*?]/.test(path)) return [path];
  const names = await readdir(dirname(path)).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.') && glob(basename(path), name))
    .toSorted()
    .map((name) => join(dirname(path), name));
}

function configOf(lines: readonly Line[]): SSHConfig {
  const config = new SSHConfig();
  for (const line of lines) config.push(line);
  return config;
}

function parseText(text: string, file: string): readonly Line[] {
  try {
    return [...parse(text)];
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return '';
    throw unusable(file, `it can't be read (${code})`);
  }
}

function unusable(file: string, failed: string): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: `read the SSH configuration ${file}`,
      failed,
      remedy: `Correct ${file}; ssh -G <host> shows how OpenSSH understands it.`,
    }),
  );
}
