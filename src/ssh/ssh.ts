import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

import { createKeyFiles } from './access/keyFiles';
import type { PassphraseProvider } from './access/passphrases';
import type { Command } from './commands/command';
import { attemptText, runCommand, type CommandOptions, type CommandResult } from './commands/run';
import { connectAlong, type KeepAlive } from './connection/connect';
import { createPool } from './connection/pool';
import { createRemoteFiles, type RemoteFiles } from './files/remoteFiles';
import { acceptHostKey, lookAtHostKey, type HostKeySighting } from './hostKeySighting';
import { readSshConfig } from './settings/configFile';
import type { SshHost } from './settings/host';
import { routeTo, type SshHop } from './settings/route';

/** How hosts are reached. */
export interface SshOptions {
  /** The project's own known_hosts file, looked at after the user's. Accepted keys are written into it. */
  readonly ownKnownHostsFile: string;
  /** Passphrases of encrypted key files. Without it they are left out. */
  readonly passphraseFor?: PassphraseProvider;
  /** Default: `~/.ssh/config`. */
  readonly configFile?: string;
  /** Where `~` is. Default: the home folder of this process's user. */
  readonly home?: string;
  /** Where SSH_AUTH_SOCK is looked up. Default: this process's environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Sessions at once on one host. Default 8: sshd allows 10 on a connection (MaxSessions). */
  readonly sessionsPerHost?: number;
  /** For each host on the way to the login. Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** An unused connection is closed after this. Default 60 s. */
  readonly idleMs?: number;
  /**
   * When a connection whose host does not answer any more is given up, with all that runs over it. Default: asked every
   * 5 s, given up after three unanswered questions, so after 20 s at most.
   */
  readonly keepAlive?: KeepAlive;
}

/** Commands and files on hosts, over kept and shared connections. */
export interface Ssh {
  /** Runs a command; see CommandOptions for what it throws. Connecting adds the errors of `connectAlong`. */
  run(host: SshHost, command: Command, options: CommandOptions): Promise<CommandResult>;
  readonly files: RemoteFiles;
  /** Looks at the key that a host shows, without logging in there, and says what is known about it. */
  hostKey(host: SshHost): Promise<HostKeySighting>;
  /**
   * Writes a key that a person has accepted into the project's own known_hosts file. Throws HostKeyChanged or
   * HostKeyRevoked if the files have another key for the host: that one has to be removed by hand first.
   */
  acceptHostKey(host: SshHost, sighting: Pick<HostKeySighting, 'key'>): Promise<void>;
  /** Ends all connections at once; what runs is cut, and nothing further is taken. */
  close(): void;
}

const defaults = {
  sessionsPerHost: 8,
  connectTimeoutMs: 10_000,
  idleMs: 60_000,
  keepAlive: { intervalMs: 5_000, mostUnanswered: 3 },
};

/** Makes it. Nothing is read and nobody is contacted before the first use. */
export function createSsh(options: SshOptions): Ssh {
  const home = options.home ?? homedir();
  const connecting = {
    keyFiles: createKeyFiles(options.passphraseFor),
    timeoutMs: options.connectTimeoutMs ?? defaults.connectTimeoutMs,
    keepAlive: options.keepAlive ?? defaults.keepAlive,
  };
  const pool = createPool({
    connect: async (host) => connectAlong(await wayTo(host), connecting),
    sessionsPerHost: options.sessionsPerHost ?? defaults.sessionsPerHost,
    idleMs: options.idleMs ?? defaults.idleMs,
  });

  /** Read anew for each connection: whoever mends the file need not restart a worker. */
  async function wayTo(host: SshHost): Promise<readonly SshHop[]> {
    return routeTo(host, {
      config: await readSshConfig(options.configFile ?? join(home, '.ssh/config'), home),
      home,
      localUser: userInfo().username,
      environment: options.environment ?? process.env,
      ownKnownHostsFile: options.ownKnownHostsFile,
    });
  }

  return {
    async run(host, command, commandOptions) {
      return pool.session(host, attemptText(host.host, command), commandOptions.signal, async (connection) =>
        runCommand(connection, command, commandOptions),
      );
    },
    files: createRemoteFiles(pool),
    hostKey: async (host) => lookAtHostKey(await wayTo(host), connecting),
    async acceptHostKey(host, sighting) {
      await acceptHostKey(await wayTo(host), Buffer.from(sighting.key, 'base64'), options.ownKnownHostsFile);
    },
    close: () => pool.close(),
  };
}
