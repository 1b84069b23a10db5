import { X509Certificate } from 'node:crypto';
import { link, readFile, rename, rm, stat } from 'node:fs/promises';
import { ManagerError, problem } from '../domain/errors';
import type { TalosFiles } from '../domain/talos/machine';
import {
  hasCode,
  openTalosFolder,
  referenceIfThere,
  talosPaths,
  withPrivateFile,
  workPath,
  writePrivately,
} from './folder';
import { talosctl, type TalosContext } from './tool';

/** The client certificate in a talosconfig lasts a year. */
const renewAfterMs = 30 * 24 * 60 * 60_000;

/**
 * Makes the secrets of a cluster, once: what is there is never written over, and of two attempts at the same time one
 * wins and both tell the same. Throws NotAsExpected where others are there than `expectedSha256`, or none any more.
 */
export async function makeSecrets(
  context: TalosContext,
  { talosVersion, expectedSha256 }: { readonly talosVersion: string; readonly expectedSha256?: string },
): Promise<TalosFiles> {
  const { folder } = context;
  await openTalosFolder(folder);
  if (expectedSha256 !== undefined) return requireSecrets({ folder, secretsSha256: expectedSha256 });
  const { secrets } = talosPaths(folder);
  const before = await referenceIfThere(secrets);
  if (before !== undefined) return { folder, secretsSha256: before.sha256 };
  const options = ['-o', '-', '--talos-version', talosVersion];
  const made = await talosctl(context, { command: ['gen', 'secrets'], options, kind: 'read' });
  await withPrivateFile(folder, 'secrets', made, (path) => linkIfMissing(path, secrets));
  const after = await referenceIfThere(secrets);
  if (after === undefined) throw secretsError(folder, 'the file was taken away while it was made');
  return { folder, secretsSha256: after.sha256 };
}

/** As O_EXCL, but the file is whole from its first moment on. */
async function linkIfMissing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/** Throws NotAsExpected unless the secrets of the cluster are there, and are those that it was made with. */
export async function requireSecrets(files: TalosFiles): Promise<TalosFiles> {
  const seen = await referenceIfThere(talosPaths(files.folder).secrets);
  if (seen === undefined) throw secretsError(files.folder, 'secrets.yaml is not there');
  if (seen.sha256 !== files.secretsSha256) {
    throw secretsError(files.folder, 'secrets.yaml is not the one that the cluster was made with');
  }
  return files;
}

function secretsError(folder: string, failed: string): ManagerError {
  return new ManagerError(
    problem('NotAsExpected', {
      attempted: `use the secrets of the Talos cluster in ${folder}`,
      failed,
      remedy:
        'They are kept on the machine of the worker that made them: run a worker there, or copy the folder with its modes (0700, files 0600), or bring it back from your backup. Nothing can be made in its place.',
    }),
  );
}

/** What a talosconfig is made for. */
interface LoginFor {
  /** What its context is called. */
  readonly name: string;
  readonly endpoint: string;
  /** Of Talos, as the secrets were made for; absent: talosctl's own, of which only machine configurations depend. */
  readonly version?: string;
}

/**
 * The talosconfig that talosctl logs in with, made of the cluster's secrets where there is none, it is old, or its
 * certificate ends soon. Making it again is harmless: any of them is known to all machines.
 */
export async function makeTalosconfig(context: TalosContext, cluster: LoginFor): Promise<void> {
  const { secrets, talosconfig } = talosPaths(context.folder);
  if (await isOfUse(talosconfig)) return;
  const { name, endpoint, version } = cluster;
  const options = [name, `https://${endpoint}:6443`, '--with-secrets', secrets];
  const kinds = [
    ...(version === undefined ? [] : ['--talos-version', version]),
    '-t',
    'talosconfig',
    '-o',
    '-',
  ];
  const made = await talosctl(context, {
    command: ['gen', 'config'],
    options: [...options, ...kinds],
    kind: 'read',
  });
  const path = workPath(context.folder, 'talosconfig');
  try {
    await writePrivately(path, made);
    await rename(path, talosconfig);
  } finally {
    await rm(path, { force: true });
  }
}

/** A file that came back from a backup may be young, and its certificate over. */
async function isOfUse(talosconfig: string): Promise<boolean> {
  const facts = await stat(talosconfig).catch(() => undefined);
  if (facts === undefined || Date.now() - facts.mtimeMs >= renewAfterMs) return false;
  const endsAt = certificateEnd(await readFile(talosconfig, 'utf8').catch(() => ''));
  return endsAt === undefined || endsAt - Date.now() >= renewAfterMs;
}

/** When the client certificate ends, in milliseconds since 1970; undefined where none can be read. */
function certificateEnd(talosconfig: string): number | undefined {
  const [, encoded] = /^\s*crt:\s*["']?([A-Za-z0-9+/=]+)/m.exec(talosconfig) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return Date.parse(new X509Certificate(Buffer.from(encoded, 'base64')).validTo);
  } catch {
    return undefined;
  }
}
