import { join } from 'node:path';
import type SSHConfig from 'ssh-config';

import { ManagerError, problem } from '../../domain/errors';
import type { SshHost } from './host';
import { hostSettings, type HostSettings } from './hostSettings';
import { parseJumps } from './proxyJump';
import { expandPath, expandTokens, type TokenValues } from './tokens';

/** One host on the way, with all that connecting to it needs. */
export interface SshHop {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  /** In the order of looking; the project's own file is the last. */
  readonly knownHostsFiles: readonly string[];
  /** Socket of the key agent. */
  readonly agent: string | undefined;
  readonly identityFiles: readonly string[];
  /** Whether the identity files were named by the configuration; else they are those that OpenSSH tries. */
  readonly identityFilesNamed: boolean;
  /** Only keys of the identity files are offered, the agent's others are not. */
  readonly identitiesOnly: boolean;
}

/** What settings are looked up in. */
export interface RouteContext {
  readonly config: SSHConfig;
  readonly home: string;
  readonly localUser: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The project's own known_hosts file. */
  readonly ownKnownHostsFile: string;
}

const standardPort = 22;
const standardUser = 'root';
const standardKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const mostHops = 8;

/**
 * The hosts to pass, the wanted one last (ProxyJump). The user is the one that was asked for, else the
 * configuration's, else root (on jump hosts: our own name, as with ssh). Throws ConfigInvalid for a ProxyCommand, and
 * for jumps that never end.
 */
export function routeTo(wanted: SshHost, context: RouteContext): readonly SshHop[] {
  return route(wanted, standardUser, context, 1);
}

function route(wanted: SshHost, user: string, context: RouteContext, hops: number): readonly SshHop[] {
  const settings = hostSettings(context.config, wanted.host, wanted.user);
  if (isSet(settings.proxyCommand) && !isSet(settings.proxyJump)) {
    throw unusable(wanted, 'its ProxyCommand is not supported', 'Use ProxyJump instead of ProxyCommand.');
  }
  const jumps = isSet(settings.proxyJump) ? parseJumps(settings.proxyJump) : [];
  if (hops + jumps.length > mostHops) {
    throw unusable(wanted, `more than ${mostHops} hosts lie on the way`, 'Look for a ProxyJump to itself.');
  }
  const before = jumps.flatMap((jump, index) => {
    const whole = route(jump, context.localUser, context, hops + jumps.length);
    // Only the first jump may need others before it: the next ones are reached through it.
    return index === 0 ? whole : whole.slice(-1);
  });
  return [...before, hopOf(wanted, settings, user, context)];
}

function hopOf(wanted: SshHost, settings: HostSettings, standard: string, context: RouteContext): SshHop {
  const { home, localUser, environment } = context;
  const port = wanted.port ?? settings.port ?? standardPort;
  const remoteUser = wanted.user ?? settings.user ?? standard;
  const named = { home, localUser, port, remoteUser, namedHost: wanted.host };
  const host = expandTokens(settings.hostName ?? wanted.host, { ...named, host: wanted.host });
  const values = { ...named, host };
  const path = (text: string) => expandPath(text, values, environment);
  const identityFilesNamed = settings.identityFiles.length > 0;
  return {
    host,
    port,
    user: remoteUser,
    hostKeyAlias:
      settings.hostKeyAlias === undefined ? undefined : expandTokens(settings.hostKeyAlias, values),
    knownHostsFiles: [...knownHostsFiles(settings, path), context.ownKnownHostsFile],
    agent: agentOf(settings.identityAgent, values, environment),
    identityFiles: (identityFilesNamed ? settings.identityFiles : standardKeys.map((it) => join('.ssh', it)))
      .filter(isSet)
      .map(path),
    identityFilesNamed,
    identitiesOnly: settings.identitiesOnly,
  };
}

function knownHostsFiles(settings: HostSettings, path: (text: string) => string): readonly string[] {
  const user = settings.userKnownHostsFiles ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];
  const global = settings.globalKnownHostsFiles ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];
  return [...user, ...global].filter(isSet).map(path);
}

function agentOf(
  setting: string | undefined,
  values: TokenValues,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (setting === undefined || setting === 'SSH_AUTH_SOCK') return environment['SSH_AUTH_SOCK'];
  if (!isSet(setting)) return undefined;
  return setting.startsWith('$') && !setting.startsWith('${')
    ? environment[setting.slice(1)]
    : expandPath(setting, values, environment);
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value.toLowerCase() !== 'none';
}

function unusable({ host }: SshHost, failed: string, remedy: string): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: `find the way to ${host} in the SSH configuration`,
      failed,
      remedy,
    }),
  );
}
