import { connectClient, type ConnectedClient } from '../../src/temporal/connection';
import { endProcess } from '../../src/temporal/embeddedProcess';
import { startEmbeddedServer, type EmbeddedServer } from '../../src/temporal/embeddedServer';
import { forget, remember } from './leftBehind';

/** A Temporal server that can be killed and comes back on its database. */
export interface TemporalServer {
  readonly address: string;
  readonly connected: ConnectedClient;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the product's embedded server in a folder of its own. */
export async function startTemporalServer(stateFolder: string, executable: string): Promise<TemporalServer> {
  async function start(): Promise<EmbeddedServer> {
    const started = await startEmbeddedServer({ stateFolder, executable, port: 0, uiPort: 0 });
    remember(started.pid);
    return started;
  }
  let server = await start();
  const { address, namespace } = server;
  const settings = { address, namespace, options: {}, source: 'the embedded server' as const };
  const connected = await connectClient(settings);
  return {
    address,
    connected,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await endProcess(server.pid, 5_000);
      forget(server.pid);
    },
    async restart() {
      server = await start();
      if (server.address !== address) throw new Error(`the server came back at ${server.address}`);
    },
    async stop() {
      await connected.close();
      await server.stop();
      forget(server.pid);
    },
  };
}
