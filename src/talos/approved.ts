import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import type { FileDigest } from '../domain/talos/machine';
import { workPath, writePrivately } from './folder';
import { valuesInPatch } from './patchSecrets';

/**
 * Copies of files of patches in the cluster's folder, exactly as they were approved: what somebody writes into the files
 * meanwhile is not read. `use` gets what must not be shown of them too; the copies are gone once it has ended. Throws PlanDrifted where one has another content, or is gone.
 */
export async function withApprovedFiles<T>(
  folder: string,
  files: readonly string[],
  approved: readonly FileDigest[],
  use: (copies: readonly string[], values: readonly Secret[]) => Promise<T>,
): Promise<T> {
  const copies: string[] = [];
  const values: Secret[] = [];
  try {
    for (const file of files) {
      const text = await approvedText(file, approved);
      const copy = workPath(folder, basename(file));
      copies.push(copy);
      await writePrivately(copy, text);
      values.push(...valuesInPatch(text));
    }
    return await use(copies, values);
  } finally {
    for (const copy of copies) await rm(copy, { force: true });
  }
}

/** A patch may hold secrets. */
async function approvedText(file: string, approved: readonly FileDigest[]): Promise<Secret> {
  const bytes = await readFile(file).catch(() => undefined);
  const sha256 = bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex');
  const wanted = approved.find(({ path }) => path === file)?.sha256;
  if (bytes !== undefined && sha256 === wanted) return new Secret(bytes.toString('utf8'));
  const failed =
    bytes === undefined
      ? `${file} can't be read any more`
      : wanted === undefined
        ? `${file} is no part of the plan that was approved`
        : `${file} has changed since the plan was approved`;
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted: 'make the configuration of a machine',
      failed,
      remedy:
        'Nothing was sent. Put back what was approved, then retry; or end this and ask again: the new plan has what the file says now.',
    }),
  );
}
