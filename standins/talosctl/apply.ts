import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { ToolError, type Given } from '../cobra';
import type { StandInContext } from '../program';
import type { Cluster, Configuration, StandInState } from '../state/types';
import { machineOf, prefixed, readText } from './access';
import { isPlain, kindOf, parsedDocuments, patched, type Documents } from './patch';

/** `talosctl apply-config` */
export function applyConfig(context: StandInContext, given: Given): string {
  const file = given.text('file');
  if (file === undefined) throw new ToolError('no filename supplied for configuration');
  const text = readText(file, `failed to read configuration from "${file}"`);
  if (text === '') throw new ToolError('no configuration data read');
  const read = parsedDocuments(text, `failed to read configuration from "${file}"`);
  const documents = patched(read, given.list('config-patch'));
  return context.change((state, now) => {
    const machine = prefixed('error applying new configuration: ', () => machineOf(state, given));
    const configuration = configurationOf(documents, machine.uuid);
    if (given.bool('dry-run', false)) return 'Dry run summary:\n';
    const isNew = machine.configuration === undefined;
    machine.configuration = configuration;
    clusterOf(state, configuration);
    if (!isNew) return 'Applied configuration without a reboot\n';
    machine.phase = 'installing';
    machine.phaseEndsAt = now + state.timings.install;
    return '';
  });
}

function clusterOf(state: StandInState, { cluster: id, kubernetesToken }: Configuration): Cluster {
  const known = state.clusters.find((it) => it.id === id);
  if (known !== undefined) return known;
  const made: Cluster = {
    ...{ id, kubernetesToken, hasSplitBrain: false, bootstraps: [], etcdMembers: [] },
    ...{ nodes: [], revision: 1, pods: [], deployments: [], kustomizations: [] },
  };
  state.clusters.push(made);
  return made;
}

const knownKeys = ['version', 'debug', 'persist', 'machine', 'cluster'];

/** What counts of a configuration. Throws ToolError for what a machine refuses. */
function configurationOf(documents: Documents, uuid: string): Configuration {
  const main = documents.find((it) => kindOf(it) === '');
  if (main === undefined || !isPlain(main)) throw refused('machine instructions are required');
  const unknown = Object.keys(main).filter((key) => !knownKeys.includes(key));
  if (unknown.length > 0) {
    // With all that stands below them.
    const found = stringify(Object.fromEntries(unknown.map((key) => [key, main[key]])), { indent: 4 });
    throw new ToolError(
      `error applying new configuration: rpc error: code = InvalidArgument desc = unknown keys found during decoding:\n${found}`,
    );
  }
  const at = (...path: string[]) => textAt(main, path);
  const kind = at('machine', 'type');
  if (kind !== 'controlplane' && kind !== 'worker') throw refused(`unknown machine type "${kind}"`);
  const hostname = hostnameOf(documents, at('machine', 'network', 'hostname'), uuid);
  const required = ['id', 'secret'].map((key) => at('cluster', key));
  if (required.includes('')) throw refused('cluster instructions are required');
  return {
    cluster: at('cluster', 'id'),
    authority: at('machine', 'ca', 'crt'),
    kubernetesToken: digest(`kubernetes ${at('cluster', 'secret')}`, 'base64url'),
    endpoint: at('cluster', 'controlPlane', 'endpoint'),
    kind,
    hostname,
    digest: digest(JSON.stringify(documents), 'hex'),
  };
}

function hostnameOf(documents: Documents, legacy: string, uuid: string): string {
  const document = documents.find((it) => kindOf(it) === 'HostnameConfig');
  if (document === undefined || !isPlain(document)) return legacy === '' ? automaticName(uuid) : legacy;
  const auto = textAt(document, ['auto']);
  const name = textAt(document, ['hostname']);
  if (legacy !== '') throw refused('static hostname is already set in v1alpha1 config');
  if (auto !== '' && auto !== 'off' && name !== '') {
    throw refused("'auto' and 'hostname' cannot be set at the same time");
  }
  return name === '' ? automaticName(uuid) : name;
}

const automaticName = (uuid: string) => `talos-${digest(uuid, 'hex').slice(0, 6)}`;

function textAt(value: unknown, [key, ...rest]: readonly string[]): string {
  if (key === undefined) return typeof value === 'string' ? value : '';
  return isPlain(value) ? textAt(value[key], rest) : '';
}

function refused(why: string): ToolError {
  return new ToolError(
    `error applying new configuration: rpc error: code = InvalidArgument desc = configuration validation failed: 1 error occurred:\n\t* ${why}\n\n`,
  );
}

function digest(text: string, encoding: 'hex' | 'base64url'): string {
  return createHash('sha256').update(text).digest(encoding);
}
