import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { ManagerError, problem } from '../../domain/errors';
import { makeFolder } from '../../config/requireFolder';
import { simulatedConventions } from './simulatedConventions';
import { writeSimulatedRunbooks } from './simulatedRunbooks';

/** The line of JSON that the simulator prints once it answers. */
export const simulatorReady = z.object({
  cluster: z.string().default('simulated'),
  nodes: z
    .array(
      z.object({
        ...{ name: z.string(), host: z.string(), port: z.number() },
        ssh: z.object({ port: z.number() }).optional(),
      }),
    )
    .min(1),
  certificateAuthorityPem: z.string(),
  /** Absent on a cluster that nobody has set up yet: there is only root. */
  token: z.object({ id: z.string(), secret: z.string() }).optional(),
  rootSshKey: z.string().optional(),
  controlUrl: z.string().optional(),
  network: z
    .object({ linkBytesPerSecond: z.number(), streamBytesPerSecond: z.number(), setupSeconds: z.number() })
    .optional(),
  storages: z
    .array(z.object({ id: z.string(), content: z.array(z.string()), shared: z.boolean() }))
    .optional(),
  /** What nodes can download; sha512 in hexadecimal. */
  images: z.array(z.object({ url: z.string(), sha512: z.string() })).optional(),
});
export type SimulatorReady = z.infer<typeof simulatorReady>;

/** The files of a simulated cluster's folder. */
export interface SimulatedFiles {
  readonly configFile: string;
  /** For PXM_STATE_FOLDER, so that what is tried is apart from what is real. Not made here. */
  readonly stateFolder: string;
  /** Root's SSH key. */
  readonly rootSshKeyFile?: string;
  /** Runbooks for templates that can be made there. */
  readonly templates: readonly string[];
}

/**
 * Writes what the product needs to work on a simulated cluster into a folder: cluster-config.yaml (with the speed of its
 * network and conventions, as its administrator would), the CA, the (simulated) API token and root's SSH key, which only the
 * owner may read, and runbooks of templates that can be made there. A cluster that nobody has set up has no token: that is
 * where `pxm bootstrap` begins. Throws ManagerError `InputInvalid` if nothing can be written there.
 */
export function writeSimulatedConfig(folder: string, ready: SimulatorReady): SimulatedFiles {
  const configFile = join(folder, 'cluster-config.yaml');
  const { token, certificateAuthorityPem, rootSshKey } = ready;
  try {
    makeFolder(folder);
    const config = {
      cluster: {
        name: ready.cluster,
        nodes: ready.nodes.map(({ name, host, port, ssh }) => ({
          ...{ name, host, port },
          ...(ssh === undefined ? {} : { ssh_port: ssh.port }),
        })),
        ...(token === undefined ? withoutToken(folder) : withToken(folder, token, certificateAuthorityPem)),
      },
      credentials: { file: tokenFileIn(folder) },
      ...(ready.network === undefined ? {} : { migration: migrationSection(ready.network) }),
      ...(ready.storages === undefined ? {} : simulatedConventions(ready.storages)),
    };
    writeFileSync(
      configFile,
      `# Written by pxm simulate; valid while that simulator runs.\n${stringify(config)}`,
    );
    const templates = writeSimulatedRunbooks(folder, ready.images ?? []);
    return { configFile, stateFolder: join(folder, 'state'), templates, ...withKey(folder, rootSshKey) };
  } catch (error) {
    throw notWritable(folder, error);
  }
}

function withToken(
  folder: string,
  { id, secret }: NonNullable<SimulatorReady['token']>,
  certificateAuthorityPem: string,
): { readonly ca_file: string } {
  const caFile = join(folder, 'pve-root-ca.pem');
  writeFileSync(caFile, certificateAuthorityPem, { mode: 0o644 });
  writeFileSync(tokenFileIn(folder), `${id}\n${secret}\n`, { mode: 0o600 });
  return { ca_file: caFile };
}

/** One that another simulator left there would be tried. */
function withoutToken(folder: string): object {
  rmSync(tokenFileIn(folder), { force: true });
  return {};
}

function withKey(folder: string, rootSshKey: string | undefined): Pick<SimulatedFiles, 'rootSshKeyFile'> {
  if (rootSshKey === undefined) return {};
  const rootSshKeyFile = join(folder, 'root_ssh_key');
  writeFileSync(rootSshKeyFile, rootSshKey, { mode: 0o600 });
  return { rootSshKeyFile };
}

function tokenFileIn(folder: string): string {
  return join(folder, 'api-token');
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
