import type { Client } from '@temporalio/client';
import type { ClusterConfig } from '../config/clusterConfig';
import { loadClusterConfig } from '../config/load';
import { locateClusterConfig } from '../config/locate';
import { exitCodes, type ExitCode } from '../domain/exitCodes';
import { connectClient, type ConnectedClient } from '../temporal/connection';
import { exitCodeOfProblem, Interrupted, problemOfError } from './failures';
import { Output } from './output';
import { sayIfSlow } from './slow';
import type { Terminal } from './terminal';

/** One run of the CLI: what its commands share, opened when first needed and closed at the end. */
export class Session {
  readonly terminal: Terminal;
  readonly output: Output;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** What `--config` names. */
  configFile: string | undefined;
  exitCode: ExitCode = exitCodes.done;
  #config: ClusterConfig | undefined;
  #connection: ConnectedClient | undefined;

  constructor(terminal: Terminal, json: boolean, interrupted: AbortSignal) {
    this.terminal = terminal;
    this.output = new Output(terminal, json);
    this.interrupted = interrupted;
  }

  /** The configuration of the cluster. Throws ManagerError `ConfigInvalid` naming every problem. */
  config(): ClusterConfig {
    this.#config ??= loadClusterConfig(locateClusterConfig(this.configFile));
    return this.#config;
  }

  /** The connection to Temporal. Throws ManagerError `TemporalUnreachable`, and Interrupted on Ctrl-C. */
  async client(): Promise<Client> {
    this.#connection ??= await sayIfSlow(
      this.output,
      'The Temporal server has not answered yet; waiting for it ...',
      Promise.race([connectClient(), this.#interruption()]),
    );
    return this.#connection.client;
  }

  /** Rejects on Ctrl-C. */
  #interruption(): Promise<never> {
    return new Promise((_, reject) => {
      const interrupt = () => reject(new Interrupted());
      if (this.interrupted.aborted) interrupt();
      else this.interrupted.addEventListener('abort', interrupt, { once: true });
    });
  }

  /** Shows whatever a command threw, and sets the exit code that fits it. */
  fail(error: unknown): void {
    if (error instanceof Interrupted || this.interrupted.aborted) {
      this.exitCode = exitCodes.interrupted;
      this.output.result({ interrupted: true, exitCode: this.exitCode }, '');
      return;
    }
    const it = problemOfError(error);
    this.exitCode = exitCodeOfProblem(it);
    this.output.failure(it, this.exitCode);
  }

  async close(): Promise<void> {
    await this.#connection?.close();
    this.output.close();
  }
}
