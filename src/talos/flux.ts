import { ManagerError } from '../domain/errors';
import type { FluxSettings } from '../domain/cluster/profile';
import { Secret } from '../domain/secret';
import { runTool, type ToolResult } from '../programs/run';
import { saysAny, unreachable, type FailedCall, type KnownFailure } from './failures';
import { talosPaths, withPrivateFile } from './folder';
import { endError, toolEnvironment, type TalosContext } from './tool';
import { secretsIn, shownWords } from './words';

/** What flux says, by substrings. */
const fluxFailures: readonly KnownFailure[] = [
  {
    texts: ['would overwrite path'],
    code: 'InputInvalid',
    failed: 'this cluster is synchronized from another path already',
    remedy:
      'Correct flux.path in the profile. If the cluster is to move: flux uninstall, then retry. Nothing was pushed.',
  },
  {
    texts: ['unable to authenticate', 'ssh: handshake failed', 'no key found', 'failed to read private key'],
    code: 'CommandFailed',
    failed: 'the Git server refuses the key',
    remedy:
      'Let the public half of the deploy key read and write the repository (a key with a passphrase can not be used), then retry.',
  },
  {
    texts: ['knownhosts', 'host key'],
    code: 'CommandFailed',
    failed: 'the Git server shows another host key than the known one',
    remedy: 'Compare its fingerprint with the one that its owner publishes, then retry.',
  },
  {
    texts: ["couldn't find remote ref", 'failed to clone', 'repository not found', 'is not supported'],
    code: 'CommandFailed',
    failed: 'the repository can not be used',
    remedy: 'Check flux.url and flux.branch in the profile: the repository and its branch must exist.',
  },
  {
    texts: ['Unauthorized', 'kubernetes client initialization failed'],
    code: 'NotAsExpected',
    failed: 'Kubernetes refuses the login',
    remedy: 'Delete the kubeconfig in the folder of the cluster: it is fetched from a control plane again.',
  },
  {
    ...unreachable,
    texts: [...unreachable.texts, 'was refused'],
    failed: 'the Kubernetes API or the Git server does not answer',
  },
];

/** It has pushed its commits, and then waited in vain: whether Flux works is judged by its Kustomization. */
const afterPush = ['health check failure', 'bootstrap failed with'];

/** How it ended. */
export interface FluxBootstrapped {
  /** `unhealthy`: everything is pushed, and flux did not see all of it become ready. */
  readonly outcome: 'done' | 'unhealthy';
  /** What flux said of it. */
  readonly said?: string;
}

/** The version of the flux in the PATH, e.g. `v2.7.5`; throws where there is none. */
export async function fluxVersion(context: TalosContext): Promise<string> {
  const result = await flux(context, ['version', '--client'], 30_000);
  await requireEnd(context, 'run flux version', result, 30_000, []);
  return /\bv?(\d+\.\d+\.\d+\S*)/.exec(result.stdout.reveal())?.[1] ?? 'unknown';
}

/**
 * Puts Flux into a cluster and its manifests into the repository. Repeating it changes nothing where they are there. The
 * key is on disk only while flux reads it, in the cluster's own folder.
 */
export async function bootstrapFlux(
  context: TalosContext,
  settings: FluxSettings,
  key: Secret,
  timeoutMs: number,
): Promise<FluxBootstrapped> {
  const attempted = 'run flux bootstrap git';
  const text = new Secret(`${key.reveal().trimEnd()}\n`);
  return withPrivateFile(context.folder, 'deploy-key', text, async (keyFile) => {
    const result = await flux(
      context,
      bootstrapWords(context, settings, keyFile, timeoutMs),
      timeoutMs + 30_000,
    );
    try {
      await requireEnd(context, attempted, result, timeoutMs, keyLines(key));
      return { outcome: 'done' };
    } catch (error) {
      if (!(error instanceof ManagerError) || !saysAny(error, afterPush)) throw error;
      return { outcome: 'unhealthy', said: error.problem.proxmoxSaid ?? '' };
    }
  });
}

function bootstrapWords(
  { folder }: TalosContext,
  { url, branch, path }: FluxSettings,
  keyFile: string,
  timeoutMs: number,
): readonly string[] {
  return [
    ...['bootstrap', 'git', `--url=${url}`, `--branch=${branch}`, `--path=${path}`],
    ...[`--private-key-file=${keyFile}`, '--silent', `--timeout=${Math.ceil(timeoutMs / 1000)}s`],
    `--kubeconfig=${talosPaths(folder).kubeconfig}`,
  ];
}

function flux(context: TalosContext, words: readonly string[], timeoutMs: number): Promise<ToolResult> {
  return runTool({
    words: ['flux', ...words],
    timeoutMs,
    signal: context.signal,
    environment: toolEnvironment(context.folder),
  });
}

async function requireEnd(
  { folder }: TalosContext,
  attempted: string,
  result: ToolResult,
  timeoutMs: number,
  secrets: readonly Secret[],
): Promise<void> {
  if (result.outcome === 'ended' && result.exitCode === 0) return;
  const said = shownWords(result.stderr, [...(await secretsIn(folder)), ...secrets]);
  const call: FailedCall = { attempted, said, kind: 'repeatable' };
  throw endError(call, result, timeoutMs, fluxFailures);
}

/** Each line is a secret of its own: a tool may quote one. */
function keyLines(key: Secret): readonly Secret[] {
  const lines = key
    .reveal()
    .split('\n')
    .map((line) => line.trim());
  return lines
    .filter((line) => line.length >= 12 && !line.startsWith('-----'))
    .map((line) => new Secret(line));
}
