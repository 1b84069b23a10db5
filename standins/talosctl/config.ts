import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { ToolError, type Given } from '../cobra';
import type { StandInContext } from '../program';
import { patched, type Documents } from './patch';
import { loadSecrets, newSecrets, pair, requireVersion, type SecretsBundle } from './secrets';

const outputTypes = ['controlplane', 'worker', 'talosconfig'];

/** `talosctl gen config`. Without --with-secrets every call makes another cluster. */
export function genConfig(context: StandInContext, given: Given): string {
  const [name = '', endpoint = ''] = given.words;
  requireEndpoint(endpoint);
  const types = given.list('output-types').length === 0 ? outputTypes : given.list('output-types');
  const output = given.text('output');
  if (types.length > 1 && output === '-') throw new ToolError("can't use multiple output types with stdout");
  for (const type of types) {
    if (!outputTypes.includes(type)) {
      throw new ToolError(`1 error occurred:\n\t* invalid output type: "${type}"\n\n`);
    }
  }
  requireVersion(given.text('talos-version'));
  const file = given.text('with-secrets');
  if (file === undefined) context.note('generating PKI and tokens');
  const secrets = file === undefined ? newSecrets() : loadSecrets(file);
  const version = given.text('talos-version') ?? context.change((state) => state.versions.talosctl);
  const made = types.map((type) => ({
    type,
    text: textOf(type, { name, endpoint, version, secrets, given }),
  }));
  if (output === '-') return made.map(({ text }) => text).join('');
  for (const { type, text } of made) writeOutput(context, given, placeOf(output, type, types.length), text);
  return '';
}

function requireEndpoint(endpoint: string): void {
  if (endpoint.startsWith('https://')) return;
  const wanted = `https://${endpoint.replace(/^\w+:\/\//, '').replace(/:\d+$/, '')}:6443`;
  if (endpoint.includes('://')) {
    throw new ToolError(`the control plane endpoint URL should have scheme https://\ntry: "${wanted}"`);
  }
  throw new ToolError(`no scheme and port specified for the cluster endpoint URL\ntry: "${wanted}"`);
}

function placeOf(output: string | undefined, type: string, count: number): string {
  const name = type === 'talosconfig' ? type : `${type}.yaml`;
  if (output === undefined) return join(process.cwd(), name);
  return count === 1 ? output : join(output, name);
}

function writeOutput(context: StandInContext, given: Given, path: string, text: string): void {
  if (existsSync(path) && !given.bool('force', false)) {
    throw new ToolError(`file "${path}" already exists, use --force to overwrite`);
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o644 });
  context.note(`Created ${path}`);
}

interface Wish {
  readonly name: string;
  readonly endpoint: string;
  readonly version: string;
  readonly secrets: SecretsBundle;
  readonly given: Given;
}

function textOf(type: string, wish: Wish): string {
  if (type === 'talosconfig') return talosconfig(wish);
  const kind = type === 'worker' ? 'worker' : 'controlplane';
  const patches = [
    ...wish.given.list('config-patch'),
    ...wish.given.list(kind === 'worker' ? 'config-patch-worker' : 'config-patch-control-plane'),
  ];
  const documents: Documents = [mainDocument(kind, wish), ...hostnameDocument(wish.version)];
  return patched(documents, patches)
    .map((document) => stringify(document, { lineWidth: 0 }))
    .join('---\n');
}

/** The client certificate is another one each time. */
function talosconfig({ name, secrets }: Wish): string {
  const { crt, key } = pair();
  return stringify(
    { context: name, contexts: { [name]: { endpoints: [], ca: secrets.certs.os.crt, crt, key } } },
    { lineWidth: 0 },
  );
}

/** Since 1.12. */
function hostnameDocument(version: string): Documents {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
  return minor >= 12 ? [{ apiVersion: 'v1alpha1', kind: 'HostnameConfig', auto: 'stable' }] : [];
}

function mainDocument(kind: 'controlplane' | 'worker', { name, endpoint, secrets, given }: Wish): object {
  const kubernetes = given.text('kubernetes-version') ?? '1.36.0';
  const { cluster, certs, trustdinfo, secrets: tokens } = secrets;
  const isWorker = kind === 'worker';
  const withoutKey = ({ crt, key }: { readonly crt: string; readonly key: string }) => ({
    crt,
    key: isWorker ? '' : key,
  });
  return {
    version: 'v1alpha1',
    debug: false,
    persist: true,
    machine: {
      type: kind,
      token: trustdinfo.token,
      ca: withoutKey(certs.os),
      certSANs: [],
      kubelet: { image: `ghcr.io/siderolabs/kubelet:v${kubernetes}` },
      network: {},
      install: {
        disk: given.text('install-disk') ?? '/dev/sda',
        image: given.text('install-image') ?? '',
        wipe: false,
      },
      features: { rbac: true, hostDNS: { enabled: true } },
    },
    cluster: {
      ...{ id: cluster.id, secret: cluster.secret, controlPlane: { endpoint }, clusterName: name },
      network: { dnsDomain: given.text('dns-domain') ?? 'cluster.local' },
      ...{ token: tokens.bootstraptoken, ca: withoutKey(certs.k8s) },
      ...(isWorker
        ? {}
        : {
            secretboxEncryptionSecret: tokens.secretboxencryptionsecret,
            aggregatorCA: certs.k8saggregator,
            serviceAccount: certs.k8sserviceaccount,
            etcd: { ca: certs.etcd },
          }),
    },
  };
}
