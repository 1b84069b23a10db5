import type SSHConfig from 'ssh-config';

/** What the SSH configuration says about one host. Texts are as written: tokens are not expanded yet. */
export interface HostSettings {
  readonly hostName: string | undefined;
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly identityAgent: string | undefined;
  readonly proxyJump: string | undefined;
  readonly proxyCommand: string | undefined;
  readonly userKnownHostsFiles: readonly string[] | undefined;
  readonly globalKnownHostsFiles: readonly string[] | undefined;
  readonly hostKeyAlias: string | undefined;
}

/**
 * Finds the settings for a host as it was named. `Match exec` never fits: it would run a command of its own.
 * StrictHostKeyChecking is not read: host keys are always verified.
 */
export function hostSettings(config: SSHConfig, host: string, user: string | undefined): HostSettings {
  const found = config.compute(
    { Host: host, ...(user === undefined ? {} : { User: user }) },
    { ignoreCase: true, matchExec: false },
  );
  const list = (name: string): readonly string[] | undefined => {
    const value = found[name];
    return value === undefined ? undefined : [value].flat();
  };
  const one = (name: string) => list(name)?.[0];
  const port = Number(one('port'));
  return {
    hostName: one('hostname'),
    user: one('user'),
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    identityFiles: list('identityfile') ?? [],
    identitiesOnly: one('identitiesonly')?.toLowerCase() === 'yes',
    identityAgent: one('identityagent'),
    proxyJump: one('proxyjump'),
    proxyCommand: list('proxycommand')?.join(' '),
    userKnownHostsFiles: list('userknownhostsfile'),
    globalKnownHostsFiles: list('globalknownhostsfile'),
    hostKeyAlias: one('hostkeyalias'),
  };
}
