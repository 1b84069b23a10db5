import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { ManagerError, problem } from '../../domain/errors';
import { makeFolder } from './makeFolder';

/** The line of JSON that the simulator prints once it answers. */
export const simulatorReady = z.object({
  cluster: z.string().default('simulated'),
  nodes: z.array(z.object({ name: z.string(), host: z.string(), port: z.number() })).min(1),
  certificateAuthorityPem: z.string(),
  token: z.object({ id: z.string(), secret: z.string() }),
  controlUrl: z.string().optional(),
  network: z
    .object({ linkBytesPerSecond: z.number(), streamBytesPerSecond: z.number(), setupSeconds: z.number() })
    .optional(),
});
export type SimulatorReady = z.infer<typeof simulatorReady>;

/**
 * Writes what the product needs to work on a simulated cluster into a folder: cluster-config.yaml (with the
 * speed of its network, as an administrator would who knows it), the CA, and the (simulated) API token, which
 * only the owner may read. Returns the path of the configuration. Throws ManagerError `InputInvalid` if nothing can
 * be written there.
 */
export function writeSimulatedConfig(folder: string, ready: SimulatorReady): string {
  const caFile = join(folder, 'pve-root-ca.pem');
  const tokenFile = join(folder, 'api-token');
  const configFile = join(folder, 'cluster-config.yaml');
  const config = {
    cluster: {
      name: ready.cluster,
      nodes: ready.nodes.map(({ name, host, port }) => ({ name, host, port })),
      ca_file: caFile,
    },
    credentials: { file: tokenFile },
    ...(ready.network === undefined ? {} : { migration: migrationSection(ready.network) }),
  };
  try {
    makeFolder(folder);
    writeFileSync(caFile, ready.certificateAuthorityPem, { mode: 0o644 });
    writeFileSync(tokenFile, `${ready.token.id}\n${ready.token.secret}\n`, { mode: 0o600 });
    writeFileSync(
      configFile,
      `# Written by pxm simulate; valid while that simulator runs.\n${stringify(config)}`,
    );
  } catch (error) {
    throw notWritable(folder, error);
  }
  return configFile;
}

function notWritable(folder: string, error: unknown): ManagerError {
  return new ManagerError(
    problem('InputInvalid', {
      attempted: `write the configuration of the simulated cluster to ${folder}`,
      failed: error instanceof Error ? error.message : String(error),
      remedy: 'Name a folder that this user may write to, or make, with --folder.',
    }),
  );
}

function migrationSection(network: NonNullable<SimulatorReady['network']>) {
  return {
    network_speed: rateText(network.linkBytesPerSecond),
    stream_cap: rateText(network.streamBytesPerSecond),
    setup_time: `${Math.max(0.001, Number(network.setupSeconds.toFixed(3)))}s`,
  };
}

/** In the largest unit of which it is at least one. */
function rateText(bytesPerSecond: number): string {
  const unit = rateUnits.find(({ bytes }) => bytesPerSecond >= bytes) ?? smallestRateUnit;
  return `${Number((bytesPerSecond / unit.bytes).toFixed(3))}${unit.name}`;
}

const smallestRateUnit = { name: 'KiB/s', bytes: 1024 };
const rateUnits = [
  { name: 'GiB/s', bytes: 1024 ** 3 },
  { name: 'MiB/s', bytes: 1024 ** 2 },
  smallestRateUnit,
];
