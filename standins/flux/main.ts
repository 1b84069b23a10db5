import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ToolError, type Command, type Flag, type Given } from '../cobra';
import { runStandIn, type StandInContext } from '../program';
import { kubernetesAnswers } from '../state/facts';
import type { Cluster, Kustomization, StandInState } from '../state/types';

/** Read in the reference of flux 2.7. */
const shared: readonly Flag[] = [
  { name: 'kubeconfig', kind: 'string' },
  { name: 'context', kind: 'string' },
  { name: 'namespace', short: 'n', kind: 'string' },
  { name: 'timeout', kind: 'duration' },
  { name: 'verbose', kind: 'bool' },
];
const bootstrapFlags: readonly Flag[] = [
  ...[
    'url',
    'path',
    'branch',
    'private-key-file',
    'secret-name',
    'ssh-hostname',
    'registry',
    'cluster-domain',
  ].map((name): Flag => ({ name, kind: 'string' })),
  ...['author-name', 'author-email', 'commit-message-appendix', 'ca-file', 'log-level'].map((name): Flag => ({
    name,
    kind: 'string',
  })),
  { name: 'password', short: 'p', kind: 'string' },
  { name: 'username', short: 'u', kind: 'string' },
  { name: 'silent', short: 's', kind: 'bool' },
  { name: 'force', kind: 'bool' },
  { name: 'token-auth', kind: 'bool' },
  { name: 'allow-insecure-http', kind: 'bool' },
  { name: 'interval', kind: 'duration' },
  { name: 'components', kind: 'list' },
  { name: 'components-extra', kind: 'list' },
];

const namespace = 'flux-system';

function bootstrapGit(context: StandInContext, given: Given): string {
  const url = given.text('url') ?? '';
  requireUrl(url);
  const branch = given.text('branch') ?? 'main';
  const path = normalPath(given.text('path') ?? '');
  const key = keyIn(given.text('private-key-file'));
  const token = tokenIn(given.text('kubeconfig'));
  context.note(`► cloning branch "${branch}" from Git repository "${url}"`);
  return context.change((state, now) => {
    requireAccess(state, key);
    const cluster = clusterOf(state, token, now);
    const before = cluster.kustomizations.find((it) => it.namespace === namespace);
    if (before !== undefined && before.path !== path) {
      throw new ToolError(
        `✗ sync path configuration ("${path}") would overwrite path ("${before.path}") of existing Kustomization`,
      );
    }
    const revision = push(state, `${url}#${branch}`, path);
    context.note('✔ committed component manifests to "main"');
    const made: Kustomization = {
      ...{ namespace, name: namespace, path, url, branch, revision: `${branch}@sha1:${revision}` },
      readyAt: before?.readyAt ?? now + state.timings.synchronize,
    };
    cluster.kustomizations = [
      ...cluster.kustomizations.filter((it) => it !== before),
      { ...before, ...made },
    ];
    return '';
  });
}

function requireUrl(url: string): void {
  const scheme = /^([a-z]+):\/\//.exec(url)?.[1] ?? '';
  if (['ssh', 'https'].includes(scheme)) return;
  throw new ToolError(`✗ scheme "${scheme}" is not supported`);
}

function normalPath(path: string): string {
  return `./${path.replace(/^\.?\/+/, '').replace(/\/+$/, '')}`;
}

function keyIn(file: string | undefined): string {
  if (file === undefined)
    throw new ToolError('✗ failed to get ssh auth: SSH agent requested but SSH_AUTH_SOCK not-specified');
  const text = readOr(file, `✗ failed to read private key file: open ${file}: no such file or directory`);
  if (!text.includes('PRIVATE KEY-----')) throw new ToolError('✗ ssh: no key found');
  return createHash('sha256').update(text.trim()).digest('hex');
}

function requireAccess({ acceptedKeys }: StandInState, key: string): void {
  if (acceptedKeys.length === 0 || acceptedKeys.includes(key)) return;
  throw new ToolError(
    '✗ failed to clone repository: unable to clone: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain',
  );
}

function tokenIn(file: string | undefined): string {
  if (file === undefined)
    throw new ToolError('✗ kubernetes client initialization failed: no configuration has been provided');
  const text = readOr(
    file,
    `✗ kubernetes client initialization failed: stat ${file}: no such file or directory`,
  );
  return /\btoken: (\S+)/.exec(text)?.[1] ?? '';
}

function readOr(file: string, failure: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ToolError(failure);
  }
}

function clusterOf(state: StandInState, token: string, now: number): Cluster {
  const cluster = state.clusters.find(({ kubernetesToken }) => kubernetesToken === token);
  const url = state.kubernetesApi?.url ?? 'https://10.0.0.10:6443';
  if (cluster === undefined) throw new ToolError('✗ Unauthorized');
  if (kubernetesAnswers(cluster, state, now)) return cluster;
  throw new ToolError(
    `✗ Get "${url}/api/v1/namespaces/flux-system": dial tcp ${url.slice('https://'.length)}: connect: connection refused`,
  );
}

/** Pushes the manifests where they are not there yet; the newest commit. */
function push(state: StandInState, repository: string, path: string): string {
  const commits = (state.repositories[repository] ??= []);
  const last = commits.at(-1);
  if (last !== undefined && commits.some((it) => it.path === path)) return last.id;
  for (const message of ['Add Flux v2.7.5 component manifests', 'Add Flux sync manifests']) {
    commits.push({ id: randomBytes(20).toString('hex'), message, path });
  }
  return commits.at(-1)?.id ?? '';
}

function version(context: StandInContext): string {
  return `flux: v${context.change((state) => state.versions.flux)}\n`;
}

function commandsOf(): readonly Command<StandInContext>[] {
  return [
    {
      path: ['version'],
      flags: [...shared, { name: 'client', kind: 'bool' }, { name: 'output', short: 'o', kind: 'string' }],
      words: { least: 0, most: 0 },
      run: version,
    },
    {
      path: ['bootstrap', 'git'],
      flags: [...bootstrapFlags, ...shared],
      words: { least: 0, most: 0 },
      run: bootstrapGit,
    },
  ];
}

const [stateFile = '', ...argv] = process.argv.slice(2);
void runStandIn('flux', stateFile, argv, commandsOf);
