import { join } from 'shlex';
import { Client } from 'ssh2';
import type { Simulator } from '../../../simulator/index';
import type { CommandOutput } from './answer';

/** Root's SSH connections to the nodes of a simulator: one a node, opened when it is needed. */
export class RootShells {
  private readonly connections = new Map<string, Promise<Client>>();

  constructor(private readonly simulator: Simulator) {}

  /** Runs a command; one that can't be run gives exit code -1 and the reason. */
  async run(node: string, argv: readonly string[]): Promise<CommandOutput> {
    try {
      return await runOn(await this.connection(node), join([...argv]));
    } catch (error) {
      return { exitCode: -1, stdout: '', stderr: error instanceof Error ? error.message : String(error) };
    }
  }

  close(): void {
    for (const connection of this.connections.values()) {
      connection.then(
        (client) => client.end(),
        () => undefined,
      );
    }
  }

  private connection(node: string): Promise<Client> {
    const known = this.connections.get(node) ?? this.connect(node);
    this.connections.set(node, known);
    return known;
  }

  private connect(node: string): Promise<Client> {
    const { rootSshKey, nodes } = this.simulator;
    const ssh = nodes.find(({ name }) => name === node)?.ssh;
    if (ssh === undefined) throw new Error(`the scenario has no node ${node}`);
    const client = new Client();
    return new Promise((resolve, reject) => {
      client.once('ready', () => resolve(client));
      client.on('error', reject);
      client.connect({ host: ssh.host, port: ssh.port, username: 'root', privateKey: rootSshKey.privateKey });
    });
  }
}

function runOn(client: Client, line: string): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    client.exec(line, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      const written = { stdout: '', stderr: '' };
      let exitCode: number | undefined;
      channel.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
      channel.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
      channel.on('exit', (code: number | null) => (exitCode = code ?? -1));
      channel.on('close', () => {
        if (exitCode === undefined) reject(new Error('the connection was cut'));
        else resolve({ exitCode, ...written });
      });
      channel.end();
    });
  });
}
