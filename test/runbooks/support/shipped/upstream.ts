import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Runbook } from '../../../../src/runbooks/ast';
import { shippedFolder } from '../../../../src/runbooks/catalogue';
import { filledSource } from '../../../../src/runbooks/filledSource';
import { parseRunbook } from '../../../../src/runbooks/parse/runbook';
import { serving, startWebServer, type WebServer } from '../../../simulator/builds/web-server';
import type { ShippedRun } from './runs';

/** A server that stands for those of all distributions. */
export interface Upstream {
  /**
   * Serves what a run downloads, and gives back the runbook as it is shipped but for the server's address, with the
   * parameters that name it.
   */
  publish(run: ShippedRun): {
    readonly text: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  close(): Promise<void>;
}

/** Starts it. Close it. */
export async function startUpstream(): Promise<Upstream> {
  const files: Record<string, Buffer> = {};
  const web = await startWebServer(serving(files));
  return { publish: (run) => publish(run, web, files), close: async () => web.close() };
}

function publish(run: ShippedRun, web: WebServer, files: Record<string, Buffer>) {
  const { runbook: name, image, file } = run;
  const address = `${web.url}/${name}`;
  const shipped = readFileSync(join(shippedFolder, `${name}.md`), 'utf8');
  const text = shipped.replace(/^source:\n( .*\n)+/m, (source) =>
    source.replaceAll(/https:\/\/[^/\s]+/g, address),
  );
  const own = file === undefined ? {} : { url: `${address}/${file}` };
  if (image !== undefined && file !== undefined) files[`/${name}/${file}`] = image;
  const { runbook } = parseRunbook(`${name}.md`, Buffer.from(text));
  if (runbook?.frontMatter.source === undefined) return { text, parameters: own };
  const values = { ...defaultsOf(runbook), ...run.parameters, ...own };
  const source = filledSource(runbook.frontMatter.source, values);
  if (image === undefined || source.url === undefined) return { text, parameters: own };
  const { pathname } = new URL(source.url);
  files[pathname] = image;
  if (source.checksums !== undefined && run.sums !== undefined) {
    const sums = run.sums(decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1)), image);
    files[new URL(source.checksums).pathname] = Buffer.from(sums);
  }
  return { text, parameters: own };
}

function defaultsOf({ parameters }: Runbook): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameters.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
  );
}
