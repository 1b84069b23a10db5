import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { ToolError, type Given } from '../cobra';
import { readText } from './access';

/** A pair as in the file: PEM as base64. Here both are random, nobody verifies them. */
interface Pair {
  readonly crt: string;
  readonly key: string;
}

/** What `gen secrets` makes, and all that `gen config` needs. */
export interface SecretsBundle {
  readonly cluster: { readonly id: string; readonly secret: string };
  readonly secrets: { readonly bootstraptoken: string; readonly secretboxencryptionsecret: string };
  readonly trustdinfo: { readonly token: string };
  readonly certs: {
    readonly etcd: Pair;
    readonly k8s: Pair;
    readonly k8saggregator: Pair;
    readonly k8sserviceaccount: { readonly key: string };
    readonly os: Pair;
  };
}

/** New secrets of a cluster. */
export function newSecrets(): SecretsBundle {
  return {
    cluster: { id: base64(32), secret: base64(32) },
    secrets: { bootstraptoken: token(), secretboxencryptionsecret: base64(32) },
    trustdinfo: { token: token() },
    certs: {
      etcd: pair(),
      k8s: pair(),
      k8saggregator: pair(),
      k8sserviceaccount: { key: pem('RSA PRIVATE KEY') },
      os: pair(),
    },
  };
}

function base64(bytes: number): string {
  return randomBytes(bytes).toString('base64');
}

function token(): string {
  const letters = randomBytes(22).toString('hex');
  return `${letters.slice(0, 6)}.${letters.slice(6, 22)}`;
}

/** A certificate and its key. */
export function pair(): Pair {
  return { crt: pem('CERTIFICATE'), key: pem('ED25519 PRIVATE KEY') };
}

function pem(title: string): string {
  const text = `-----BEGIN ${title}-----\n${base64(120)}\n-----END ${title}-----\n`;
  return Buffer.from(text).toString('base64');
}

/** `talosctl gen secrets` */
export function genSecrets(given: Given): string {
  requireVersion(given.text('talos-version'));
  const text = stringify(newSecrets(), { lineWidth: 0 });
  const path = given.text('output-file') ?? 'secrets.yaml';
  if (path === '-') return text;
  if (existsSync(path) && !given.bool('force', false)) {
    throw new ToolError(`file "${path}" already exists, use --force to overwrite`);
  }
  writeFileSync(path, text, { mode: 0o600 });
  return '';
}

/** Throws ToolError for what is no version of Talos. */
export function requireVersion(version: string | undefined): void {
  if (version === undefined || /^v?1\.\d+(\.\d+\S*)?$/.test(version)) return;
  throw new ToolError(`invalid talos-version: error parsing version "${version}"`);
}

/** The secrets in a file. */
export function loadSecrets(path: string): SecretsBundle {
  const parsed: unknown = parse(readText(path, 'failed to load secrets bundle'));
  if (isBundle(parsed)) return parsed;
  throw new ToolError('failed to validate secrets bundle: certs are missing');
}

function isBundle(value: unknown): value is SecretsBundle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'cluster' in value &&
    'certs' in value &&
    'trustdinfo' in value
  );
}
