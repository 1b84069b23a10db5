import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { z } from 'zod';
import { ManagerError, problem } from '../../domain/errors';

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
 * only the owner may read. Returns the path of the configuration.
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
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(caFile, ready.certificateAuthorityPem, { mode: 0o644 });
  writeFileSync(tokenFile, `${ready.token.id}\n${ready.token.secret}\n`, { mode: 0o600 });
  writeFileSync(
    configFile,
    `# Written by pxm simulate; valid while that simulator runs.\n${stringify(config)}`,
  );
  return configFile;
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

/** The first line of JSON that it prints. Throws if it ends before. */
export async function untilReady(child: ChildProcess): Promise<SimulatorReady> {
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) {
      const parsed = simulatorReady.safeParse(parseJson(line));
      if (parsed.success) {
        child.stdout.resume();
        return parsed.data;
      }
    }
  }
  throw new ManagerError(
    problem('Internal', {
      attempted: 'start the simulator',
      failed: 'it ended before it was ready',
      remedy: 'What it said stands above; a scenario of your own may have a mistake.',
    }),
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
