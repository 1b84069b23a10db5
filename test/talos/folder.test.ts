import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { openTalosFolder, removeAllLeftovers, talosPaths, workPath } from '../../src/talos/folder';

const root = mkdtempSync(join(tmpdir(), 'talos-'));
const folder = join(root, 'lab', 'k8s', 'instance-1');
const { work } = talosPaths(folder);
afterAll(() => rmSync(root, { recursive: true }));

/** A file of this name, as a call of another process has made it. */
function madeBy(pid: number, name: string): string {
  const path = workPath(folder, name);
  writeFileSync(path, 'secret');
  const others = join(dirname(path), basename(path).replace(`.${String(process.pid)}.`, `.${String(pid)}.`));
  renameSync(path, others);
  return basename(others);
}

test('what the call of a worker that died has left is removed when a worker begins, or the folder is used', async () => {
  await openTalosFolder(folder);
  const { pid: dead } = spawnSync('true');
  const former = madeBy(dead, 'deploy-key');
  const own = madeBy(process.pid, 'deploy-key');
  const living = madeBy(process.ppid, 'deploy-key');
  const elsewhere = 'deploy-key.another-machine.1.00000000-0000-4000-8000-000000000001';
  writeFileSync(join(work, elsewhere), 'secret');
  const old = 'deploy-key-00000000-0000-4000-8000-000000000002';
  writeFileSync(join(work, old), 'secret');
  utimesSync(join(work, old), 0, 0);
  await openTalosFolder(folder);
  expect(readdirSync(work).toSorted()).toEqual([elsewhere, living, own].toSorted());
  expect([former, old].some((name) => readdirSync(work).includes(name))).toBe(false);
  await removeAllLeftovers(root);
  expect(readdirSync(work).toSorted()).toEqual([elsewhere, living].toSorted());
  await removeAllLeftovers(join(root, 'nowhere'));
});
