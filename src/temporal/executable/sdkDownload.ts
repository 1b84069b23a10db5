import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutablePin } from './pins';
import { run } from './run';

/**
 * The SDK has no call that only downloads: it starts a server after it. So a child process starts one and
 * stops it again; a child, because the SDK's runtime can be set up only once in a process, and the worker's is ours.
 */
const program = `
  const [testing, kind, version, downloadDir] = process.argv.slice(1);
  require(testing).TestWorkflowEnvironment[kind]({
    server: { executable: { type: 'cached-download', version, downloadDir } },
  }).then((environment) => environment.teardown()).catch((error) => {
    console.error(String(error.message).split('\\n').join(' '));
    process.exit(1);
  });
`;

/** What a source of an executable gives: the file, or why not. */
export type FetchResult =
  { readonly ok: true; readonly file: string } | { readonly ok: false; readonly why: string };

/** Lets the SDK download the executable into an empty folder. Without a network it fails within milliseconds. */
export async function downloadThroughSdk(pin: ExecutablePin, folder: string): Promise<FetchResult> {
  let testing: string;
  try {
    testing = require.resolve('@temporalio/testing');
  } catch {
    return { ok: false, why: '@temporalio/testing is not installed' };
  }
  const ran = await run(process.execPath, ['-e', program, testing, pin.sdkKind, pin.sdkVersion, folder], {
    timeoutMs: 10 * 60_000,
    alsoAllowed: ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  });
  if (!ran.ok) return ran;
  const [file] = (await readdir(folder)).filter((name) => name.startsWith('temporal'));
  return file === undefined
    ? { ok: false, why: 'the SDK left no file' }
    : { ok: true, file: join(folder, file) };
}
