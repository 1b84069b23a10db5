import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator, type ScenarioInput, type Simulator } from '../../../simulator';
import { freePort } from '../../../src/temporal/freePort';
import { pxm, pxmJson, startPxm, temporaryFolder, type CliResult, type CliRun } from './cli';

/** A simulated cluster with a configuration for the CLI, which holds the token. Temporal is nowhere, at first. */
export interface ReadingLab {
  readonly simulator: Simulator;
  readonly cluster: string;
  readonly configFile: string;
  readonly tokenFile: string;
  pxm(...args: readonly string[]): Promise<CliResult>;
  json(...args: readonly string[]): Promise<CliResult & { readonly document: unknown }>;
  start(...args: readonly string[]): CliRun;
  close(): Promise<void>;
}

/** Starts it. Close it. */
export async function openReadingLab(
  scenario: ScenarioInput,
  { cluster = 'lab', more = '', speed = 50 } = {},
): Promise<ReadingLab> {
  const folder = temporaryFolder();
  const simulator = await startSimulator({ scenario, speed });
  const { token } = simulator;
  if (token === undefined) throw new Error('the scenario has no token');
  process.env['PXM_STATE_FOLDER'] = folder;
  process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
  const configFile = join(folder, 'cluster-config.yaml');
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${token.id}\n${token.secret}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'ca.pem'), simulator.certificateAuthorityPem);
  const nodes = simulator.nodes.map(
    ({ name, host, port }) => `    - { name: ${name}, host: ${host}, port: ${port} }`,
  );
  const head = ['cluster:', `  name: ${cluster}`, '  ca_file: ca.pem', '  nodes:', ...nodes];
  writeFileSync(configFile, `${[...head, 'credentials:', '  file: token', more].join('\n')}\n`);
  const config = ['--config', configFile];
  return {
    simulator,
    cluster,
    configFile,
    tokenFile,
    pxm: (...args) => pxm(...args, ...config),
    json: (...args) => pxmJson(...args, ...config),
    start: (...args) => startPxm([...args, ...config]),
    async close() {
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
