import type { ConventionSettings } from '../../config/clusterConfig';
import { nearestWord } from '../../config/nearest';
import { ManagerError, problem } from '../../domain/errors';
import type { PlannedParameter } from '../../domain/runbook/plan';
import { textOf, type RunValue } from '../../domain/runbook/values';
import type { Parameter, Runbook } from '../ast';
import { readValue } from './parameterTypes';

/** What a cluster's configuration gives a runbook. */
export interface RunbookSurroundings {
  readonly cluster: string;
  /** Names of the cluster's nodes. */
  readonly nodes: readonly string[];
  readonly conventions: Pick<ConventionSettings, 'defaults' | 'cloudinit' | 'ansible'>;
  /** Reads the public keys of `cloudinit.ssh_keys_source`; asked only where a parameter wants them. May throw. */
  readonly sshKeys?: () => readonly string[];
}

/** The parameters of one run. */
export interface ResolvedParameters {
  readonly values: Readonly<Record<string, RunValue>>;
  readonly planned: readonly PlannedParameter[];
}

/** Gives each parameter its value. Throws ManagerError `InputInvalid` naming everything that is missing or wrong. */
export function resolveParameters(
  { parameters, frontMatter }: Pick<Runbook, 'parameters' | 'frontMatter'>,
  given: Readonly<Record<string, string>>,
  surroundings: RunbookSurroundings,
): ResolvedParameters {
  const faults = unknownNames(parameters, given);
  const values: Record<string, RunValue> = {};
  const planned: PlannedParameter[] = [];
  for (const parameter of parameters) {
    const found = valueOf(parameter, given, surroundings);
    if (found === undefined) {
      faults.push(missing(parameter));
      continue;
    }
    const read = readValue(parameter, found.value, surroundings.nodes);
    if ('expected' in read)
      faults.push(
        `${parameter.name} is ${JSON.stringify(found.value.slice(0, 60))}; expected ${read.expected}`,
      );
    else {
      values[parameter.name] = read.value;
      planned.push({ name: parameter.name, value: shown(read.value), from: found.from });
    }
  }
  if (faults.length === 0) return { values, planned };
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `fill in the parameters of ${frontMatter.name}`,
      failed: faults.join('\n'),
      remedy: `Give them as --set name=value; pxm runbook show ${frontMatter.name} lists them.`,
    }),
  );
}

/** A value as it is written into texts: lists with commas. */
export function shown(value: RunValue): string {
  return Array.isArray(value) ? value.map((it: RunValue) => textOf(it)).join(',') : textOf(value);
}

function valueOf(
  { name, default: byDefault, from, required }: Parameter,
  given: Readonly<Record<string, string>>,
  surroundings: RunbookSurroundings,
): Pick<PlannedParameter, 'value' | 'from'> | undefined {
  if (Object.hasOwn(given, name)) return { value: given[name] ?? '', from: 'given' };
  const configured = from === undefined ? undefined : convention(from, surroundings);
  if (configured !== undefined) return { value: configured, from: 'configuration' };
  if (byDefault !== undefined) return { value: byDefault, from: 'default' };
  return required || from !== undefined ? undefined : { value: '', from: 'default' };
}

function convention(key: string, { cluster, conventions, sshKeys }: RunbookSurroundings): string | undefined {
  const { defaults, cloudinit, ansible } = conventions;
  switch (key) {
    case 'cluster.name':
      return cluster;
    case 'defaults.storage':
      return defaults.storage;
    case 'defaults.network_bridge':
      return defaults.networkBridge;
    case 'defaults.bios':
      return defaults.bios;
    case 'defaults.machine':
      return defaults.machine;
    case 'defaults.cpu':
      return defaults.cpu;
    case 'defaults.scsi_controller':
      return defaults.scsiController;
    case 'cloudinit.default_user':
      return cloudinit.defaultUser;
    case 'cloudinit.ssh_keys_source':
      return cloudinit.sshKeysSource;
    case 'cloudinit.ssh_keys':
      return sshKeys?.().join('\n') || undefined;
    case 'cloudinit.vendor_snippet_path':
      return cloudinit.vendorSnippetPath;
    case 'ansible.fleet_infra_path':
      return ansible.fleetInfraPath;
    case 'ansible.inventory':
      return ansible.inventory;
    default:
      return undefined;
  }
}

function missing({ name, from }: Parameter): string {
  return from === undefined
    ? `${name} is missing`
    : `${name} is missing, and the configuration has no ${from}`;
}

function unknownNames(parameters: readonly Parameter[], given: Readonly<Record<string, string>>): string[] {
  const names = parameters.map(({ name }) => name);
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const nearest = nearestWord(name, names);
      return `there is no parameter ${name}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
    });
}
