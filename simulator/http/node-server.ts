import { createServer, type Server as HttpsServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSilentServer, type Server, type Socket } from 'node:net';
import type { Credentials } from '../access/authenticate';
import type { NodeState } from '../cluster/nodes';
import type { RequestGate, Verdict } from '../control/gate';
import type { CertificateAndKey } from './certificates';
import type { Dispatcher } from './dispatch';
import { answerError, answerResult, empty, type Answer, type AnswerOptions } from './envelope';
import { readRequest, type ReadRequest } from './request';

/** An idle connection is closed after this (behaviour.md 1.1), in real time. */
const idleTimeoutMs = 5000;
const requestsPerConnection = 100;

/** What a node's server needs. */
export interface NodeServerOptions {
  readonly node: NodeState;
  readonly major: 8 | 9;
  readonly host: string;
  readonly port: number;
  readonly certificate: CertificateAndKey;
  readonly dispatcher: Dispatcher;
  readonly gate: RequestGate;
}

/** pveproxy of one node. It can be taken down and come back on the same port. */
export class NodeServer {
  port: number;
  private server: Server | undefined;
  private encrypted: HttpsServer | undefined;
  private certificate: CertificateAndKey;
  private silent = false;
  private readonly sockets = new Set<Socket>();
  private readonly served = new WeakMap<Socket, number>();

  constructor(private readonly options: NodeServerOptions) {
    this.port = options.port;
    this.certificate = options.certificate;
  }

  /** Starts listening; on port 0 a free port is chosen and kept from then on. */
  async listen(): Promise<void> {
    if (this.server !== undefined && !this.silent) return;
    await this.close();
    const { node } = this.options;
    const { certificatePem, keyPem } = this.certificate;
    const server = createServer(
      { cert: certificatePem, key: keyPem, keepAliveTimeout: idleTimeoutMs, maxHeaderSize: 8192 },
      (message, response) => {
        this.exchange(message, response).catch((error: unknown) => {
          process.stderr.write(`simulator: ${node.name}: ${String(error)}\n`);
          breakConnection(message);
        });
      },
    );
    server.on('tlsClientError', () => undefined);
    this.encrypted = server;
    await this.open(server, false);
  }

  /** Presents another certificate from the next connection on; open ones are closed, as by a restart of pveproxy. */
  present(certificate: CertificateAndKey): void {
    this.certificate = certificate;
    this.encrypted?.setSecureContext({ cert: certificate.certificatePem, key: certificate.keyPem });
    for (const socket of this.sockets) socket.destroy();
  }

  /** Takes connections and never answers, as an address behind a cut cable: clients wait for their own timeout. */
  async listenSilently(): Promise<void> {
    await this.close();
    await this.open(createSilentServer(), true);
  }

  /** Stops listening and breaks every connection, also those with an open request. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.encrypted = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async open(server: Server, silent: boolean): Promise<void> {
    this.server = server;
    this.silent = silent;
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.options.host, resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  private async exchange(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { node, gate } = this.options;
    const seen = gate.receive(node.name, message.method ?? '', message.url ?? '/');
    response.on('close', () => gate.connectionClosed(seen, response.writableFinished));
    const options: AnswerOptions = { format: 'json', acceptsGzip: acceptsGzip(message) };
    const before = await this.read(message, async (request) => {
      gate.describe(seen, request.values);
      return gate.beforeHandling(seen);
    });
    if ('error' in before) {
      this.write(message, response, gate.record(seen, answerError(before.error, options)));
      return;
    }
    if (before.verdict.kind === 'drop') {
      breakConnection(message);
      return;
    }
    const { request } = before;
    const own = answerOf(before.verdict);
    const answer = own ?? (await this.handle(request, message, seen, { ...options, format: request.format }));
    const after = await gate.beforeAnswering(seen);
    if (after.kind === 'drop') breakConnection(message);
    else this.write(message, response, gate.record(seen, answerOf(after) ?? answer));
  }

  private async read(
    message: IncomingMessage,
    admit: (request: ReadRequest) => Promise<Verdict>,
  ): Promise<{ request: ReadRequest; verdict: Verdict } | { error: unknown }> {
    try {
      const request = await readRequest(message, this.options.major);
      return { request, verdict: await admit(request) };
    } catch (error) {
      return { error };
    }
  }

  private async handle(
    request: ReadRequest,
    message: IncomingMessage,
    seen: ReturnType<RequestGate['receive']>,
    options: AnswerOptions,
  ): Promise<Answer> {
    try {
      return answerResult(
        await this.options.dispatcher.dispatch(
          request,
          this.options.node,
          credentialsOf(message),
          seen.notes,
        ),
        options,
      );
    } catch (error) {
      return answerError(error, options);
    }
  }

  private write(message: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const served = (this.served.get(message.socket) ?? 0) + 1;
    this.served.set(message.socket, served);
    const keepAlive = answer.status < 400 && served < requestsPerConnection;
    response.writeHead(answer.status, answer.reason, {
      ...answer.headers,
      'Content-Length': answer.body.length,
      Connection: keepAlive ? 'Keep-Alive' : 'close',
    });
    response.end(answer.body);
  }
}

function breakConnection(message: IncomingMessage): void {
  message.socket.destroy();
}

function answerOf(verdict: Verdict): Answer | undefined {
  return verdict.kind === 'answer' ? empty(verdict.status, verdict.reason) : undefined;
}

function acceptsGzip(message: IncomingMessage): boolean {
  const accepted = message.headers['accept-encoding'];
  return typeof accepted === 'string' && /\bgzip\b/.test(accepted);
}

function credentialsOf(message: IncomingMessage): Credentials {
  const csrfToken = message.headers['csrfpreventiontoken'];
  return {
    authorization: message.headers.authorization,
    cookie: message.headers.cookie,
    csrfToken: typeof csrfToken === 'string' ? csrfToken : undefined,
    method: message.method ?? 'GET',
  };
}
